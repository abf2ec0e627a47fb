// One example at a time: the example large, what is known about it beside it.

const ROLES = { "+ add": "suggested", "− remove": "extra" }

class DeskView {
  constructor(labels) {
    this.labels = labels
    this.body = el("div", { class: "example-body", tabindex: "0" })
    this.meta = el("span")
    this.whole = el("a", { target: "_blank", rel: "noopener", title: "The whole row, in a tab of its own" }, "Open row ↗")
    this.banner = el("p", { class: "banner", role: "status", hidden: true })
    this.given = el("strong", { class: "label" })
    this.suggested = el("strong", { class: "label" })
    this.bars = el("ul", { class: "bars", "aria-label": "Probability of each label" })
    this.why = el("p", { class: "why" })
    this.neighbours = el("ol", { class: "neighbours" })
    this.root = el("div", { class: "desk" },
      el("section", { class: "example", "aria-label": "Example" },
        el("p", { class: "meta quiet" }, this.meta, " ", this.whole), this.banner, this.body),
      el("aside", { class: "facts", "aria-label": "About this example" },
        el("dl", { class: "labels" },
          el("div", { class: "given" }, el("dt", {}, "Given"), el("dd", {}, this.given)),
          el("div", { class: "suggested" }, el("dt", {}, "Suggested"), el("dd", {}, this.suggested))),
        this.bars,
        el("h3", {}, "Why"), this.why,
        el("h3", {}, "Nearest examples"), this.neighbours))
  }

  /** Draws one row; the same row again is left alone, so that an answer of the server moves nothing. */
  show(item) {
    if (item === this.item && item.decision === this.decision) return
    this.item = item
    this.decision = item.decision
    this.root.dataset.row = item.example_id
    this.meta.textContent = item.meta
    this.whole.href = item.whole
    this.drawLabels(item)
    this.why.textContent = item.why
    this.body.replaceChildren(this.example(item))
    this.body.classList.toggle("is-image", Boolean(item.image))
    this.body.classList.toggle("is-fields", Boolean(item.fields))
    this.body.classList.toggle("short", !item.image && !item.fields && item.text.length < 280)
    this.body.scrollTop = 0
    this.drawBanner(item)
    this.bars.replaceChildren(...item.bars.map(([label, share]) => this.bar(item, label, share)))
    this.neighbours.replaceChildren(...item.neighbours.map((neighbour) => this.neighbour(item, neighbour)))
    if (!item.neighbours.length) this.neighbours.append(el("li", { class: "quiet" }, "None are known."))
  }

  /** An image, the columns of a row one below the other, or a text. */
  example(item) {
    if (item.image) return item.picture ??= picture(item.image, item.name, "large")
    if (!item.fields) return item.text
    return el("table", { class: "fields" }, el("tbody", {}, ...item.fields.map(([name, value, look]) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: look }, value)))))
  }

  clear() {
    this.item = null
    delete this.root.dataset.row
  }

  drawLabels(item) {
    if (this.labels.several) {
      const same = item.suggested !== null && this.labels.same(item.label, item.suggested)
      this.given.replaceChildren(this.labels.chips(item.label))
      this.suggested.replaceChildren(item.suggested === null || same
        ? el("span", { class: "quiet" }, same ? "the same" : "nothing else") : this.labels.chips(item.label, item.suggested))
    } else {
      this.given.textContent = item.label
      this.suggested.textContent = item.suggested === item.label ? "the same" : item.suggested ?? "none"
    }
  }

  drawBanner({ decision, label }) {
    this.banner.hidden = !decision
    if (!decision) return
    const who = decision.by ? `${decision.by} has decided this row` : "You have decided this row"
    this.banner.textContent = `${who}: ${this.labels.decisionText(decision, label)}. Decide again to change it.`
  }

  bar(item, label, share) {
    const role = this.labels.role(item, label)
    const fill = el("span", { class: "fill" })
    fill.style.width = `${Math.max(share * 100, 0.5)}%`
    return el("li", { class: ROLES[role] ?? role },
      el("span", { class: "name", title: label }, el("span", {}, label), role ? el("em", {}, role) : null),
      el("span", { class: "track", "aria-hidden": "true" }, fill),
      el("span", { class: "share" }, percent(share)))
  }

  neighbour(item, neighbour) {
    const role = this.labels.same(neighbour.label, item.label) ? "given"
      : item.suggested !== null && this.labels.same(neighbour.label, item.suggested) ? "suggested" : ""
    const label = this.labels.several ? this.labels.chips(neighbour.label) : neighbour.label
    return el("li", { class: role },
      neighbour.image ? picture(neighbour.image, "", "small") : null,
      el("div", {},
        el("p", { class: "neighbour-label" }, el("strong", {}, label), role ? el("em", {}, role) : null,
          el("span", { class: "quiet" }, `similarity ${neighbour.similarity.toFixed(2)}`)),
        neighbour.text ? el("p", { class: "snippet" }, neighbour.text) : null))
  }
}
