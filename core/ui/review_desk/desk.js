// One example at a time: the example large, what is known about it beside it.

const ROLES = { "+ add": "suggested", "− remove": "extra" }

class DeskView {
  constructor(labels) {
    this.labels = labels
    this.body = el("div", { class: "example-body", tabindex: "0", dir: "auto", role: "group", "aria-label": t("The example itself"),
      onclick: () => this.zoom() })
    this.meta = el("span")
    this.tags = el("span", { class: "tag-line" })
    this.whole = el("a", { target: "_blank", rel: "noopener", title: t("The whole row, in a tab of its own") }, t("Open row ↗"))
    this.like = el("a", { target: "_blank", rel: "noopener", title: t("The rows most like it, in a tab of its own") }, t("More like this ↗"))
    this.banner = el("p", { class: "banner", role: "status", hidden: true })
    this.before = el("p", { class: "banner", hidden: true, dir: "auto" })
    this.noted = el("p", { class: "noted quiet", hidden: true, dir: "auto" })
    this.given = el("strong", { class: "label", dir: "auto" })
    this.suggested = el("strong", { class: "label", dir: "auto" })
    this.guides = el("dl", { class: "guides", hidden: true, dir: "auto" })
    this.guidesButton = el("button", { type: "button", class: "plain guides-button", hidden: true, "aria-expanded": "false", "aria-keyshortcuts": "d",
      title: t("What belongs in the given and the suggested class"), onclick: () => this.toggleGuides() }, el("span", {}, t("Guidelines")), el("kbd", {}, "D"))
    this.bars = el("ul", { class: "bars", "aria-label": t("Probability of each label") })
    this.why = el("p", { class: "why", dir: "auto" })
    this.neighbours = el("ol", { class: "neighbours" })
    this.root = el("div", { class: "desk" },
      el("section", { class: "example", "aria-label": t("Example") },
        el("p", { class: "meta quiet" }, this.meta, " ", this.tags, " ", this.whole, " ", this.like), this.before, this.banner, this.noted, this.body),
      el("aside", { class: "facts", "aria-label": t("About this example") },
        el("dl", { class: "labels" },
          el("div", { class: "given" }, el("dt", {}, t("Given")), el("dd", {}, this.given)),
          el("div", { class: "suggested" }, el("dt", {}, t("Suggested")), el("dd", {}, this.suggested))),
        this.guidesButton, this.guides,
        el("p", { class: "blind-note" }, t("Judged blind: what a model says of this row is not shown.")),
        this.bars,
        el("h2", {}, t("Why")), this.why,
        el("h2", {}, t("Nearest examples")), this.neighbours))
  }

  /** Draws one row; the same row again is left alone, so that an answer of the server moves nothing. */
  show(item) {
    if (item === this.item && item.decision === this.decision && item.note === this.note && item.tags === this.tagged && this.told === this.labels.names) return
    this.told = this.labels.names
    this.item = item
    this.decision = item.decision
    this.note = item.note
    this.tagged = item.tags
    this.tags.replaceChildren(...[tagWords(item)].filter(Boolean))
    this.root.classList.toggle("is-blind", Boolean(item.blind))
    this.root.dataset.row = item.example_id
    this.meta.textContent = item.meta
    this.whole.href = item.whole
    this.like.hidden = !item.like
    if (item.like) this.like.href = item.like
    this.drawLabels(item)
    this.why.textContent = item.why
    this.body.replaceChildren(this.example(item))
    this.body.classList.toggle("is-image", Boolean(item.image))
    this.body.classList.toggle("has-sound", Boolean(item.sound))
    this.body.classList.toggle("is-fields", Boolean(item.fields))
    this.body.classList.toggle("short", !item.image && !item.fields && item.text.length < 280)
    this.body.scrollTop = 0
    this.drawBanner(item)
    this.drawBars(item)
    this.neighbours.replaceChildren(...item.neighbours.map((neighbour) => this.neighbour(item, neighbour)))
    if (!item.neighbours.length) this.neighbours.append(el("li", { class: "quiet" }, t("None are known.")))
  }

  /** An image, the columns of a row one below the other, or a text. */
  example(item) {
    if (item.image) {
      item.picture ??= picture(item.image, item.name, "large")
      item.picture.title = t("Larger or smaller: click, or +")
      return item.sound ? this.heard(item) : item.picture
    }
    if (!item.fields) return item.text
    return el("table", { class: "fields" }, el("tbody", {}, ...item.fields.map(([name, value, look]) =>
      el("tr", {}, el("th", { scope: "row", dir: "auto" }, name), el("td", { class: look, dir: "auto" }, value)))))
  }

  /** A sound's spectrogram with a player below it, which keeps its place when the row is drawn anew. */
  heard(item) {
    item.picture.alt = t("Spectrogram of {name}", { name: item.name })
    item.player ??= el("audio", { controls: true, src: item.sound, preload: "metadata", "aria-label": t("The sound: H plays it"),
      onclick: (event) => event.stopPropagation() })
    return el("div", { class: "heard" }, item.picture, item.player)
  }

  /** Plays the sound from its beginning, or stops it. False where the example is none. */
  hear() {
    const player = this.item?.player
    if (!player) return false
    playOrStop(player)
    return true
  }

  /** An image as large as there is room for, or back to its own size. */
  zoom() {
    if (this.item?.image) this.body.classList.toggle("zoomed")
    return Boolean(this.item?.image)
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
        ? el("span", { class: "quiet" }, same ? t("the same") : t("nothing else")) : this.labels.chips(item.label, item.suggested))
    } else {
      this.given.textContent = this.labels.words(item.label)
      this.suggested.textContent = item.suggested === null ? t("none") : item.suggested === item.label ? t("the same") : this.labels.words(item.suggested)
      this.given.title = this.labels.guidelines[item.label] ?? ""
      this.suggested.title = this.labels.guidelines[item.suggested] ?? ""
    }
    this.drawGuides(item)
  }

  /** What belongs in the classes of the given and the suggested label, while it is asked for. */
  drawGuides(item) {
    const guides = this.labels.guides([...this.labels.classesOf(item.label), ...this.labels.classesOf(item.suggested)])
    this.guidesButton.hidden = !guides.length
    this.guides.hidden = !guides.length || !this.guidesOpen
    this.guidesButton.setAttribute("aria-expanded", String(!this.guides.hidden))
    this.guides.replaceChildren(...guides.flatMap(([name, text]) => [el("dt", { dir: "auto" }, name), el("dd", { dir: "auto" }, text)]))
  }

  /** Shows them on this row and on those that follow, or no longer. False where nobody wrote one down. */
  toggleGuides() {
    if (!this.item || this.guidesButton.hidden) return false
    this.guidesOpen = !this.guidesOpen
    this.drawGuides(this.item)
    return true
  }

  drawBanner({ decision, label, before, note }) {
    this.before.hidden = !before
    this.before.textContent = before ?? ""
    const drafted = note && note !== decision?.note
    this.noted.hidden = !drafted
    this.noted.textContent = drafted ? t("Note, kept with your verdict: {note}", { note }) : ""
    this.banner.hidden = !decision
    if (!decision) return
    const said = this.labels.decisionText(decision, label)
    const who = decision.by ? t("{who} has decided this row: {said}.", { who: decision.by, said }) : t("You have decided this row: {said}.", { said })
    const noted = decision.note ? t("Note: “{note}”.", { note: decision.note }) : ""
    this.banner.textContent = [who, noted, t("Decide again to change it.")].filter(Boolean).join(" ")
  }

  /** The likeliest classes; where each class has a digit, those too that are not among them. */
  drawBars(item) {
    const digits = this.labels.digits(item)
    const keyFor = new Map([...digits].map(([digit, label]) => [label, digit]))
    const likely = new Set(item.bars.map(([label]) => label))
    const others = [...digits.values()].filter((label) => !likely.has(label)).map((label) => [label, null])
    this.bars.replaceChildren(...[...item.bars, ...others].map(([label, share]) => this.bar(item, label, share, keyFor.get(label))))
    this.bars.classList.toggle("with-keys", digits.size > 0)
  }

  bar(item, label, share, digit) {
    const role = this.labels.role(item, label)
    const fill = el("span", { class: "fill" })
    fill.style.width = `${share === null ? 0 : Math.max(share * 100, 0.5)}%`
    return el("li", { class: ROLES[role] ?? role },
      digit === undefined ? null : el("kbd", { title: t("{digit} chooses this class", { digit }) }, digit),
      el("span", { class: "name", title: this.labels.guidelines[label] ?? this.labels.called(label) }, el("span", { dir: "auto" }, this.labels.called(label)), role ? el("em", {}, roleText(role)) : null),
      el("span", { class: "track", "aria-hidden": "true" }, fill),
      el("span", { class: "share" }, share === null ? "–" : percent(share)))
  }

  neighbour(item, neighbour) {
    const role = neighbour.label === null ? "" : this.labels.same(neighbour.label, item.label) ? "given"
      : item.suggested !== null && this.labels.same(neighbour.label, item.suggested) ? "suggested" : ""
    const label = this.labels.several ? this.labels.chips(neighbour.label) : this.labels.words(neighbour.label)
    return el("li", { class: role },
      neighbour.image ? picture(neighbour.image, "", "small") : null,
      neighbour.sound ? hearButton(neighbour.sound) : null,
      el("div", {},
        el("p", { class: "neighbour-label" }, el("strong", { dir: "auto" }, label), role ? el("em", {}, roleText(role)) : null,
          el("span", { class: "quiet" }, t("similarity {share}", { share: neighbour.similarity.toFixed(2) }))),
        neighbour.text ? el("p", { class: "snippet", dir: "auto" }, neighbour.text) : null))
  }
}
