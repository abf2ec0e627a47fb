// Rows as tiles (images, close together) or as cards (words, with what is known of each). Selecting is the desk's grid's.

class TileView extends GridView {
  constructor(labels, mode, onSelectionChange, onOpen) {
    super(labels, onSelectionChange)
    this.mode = mode
    this.root.className = mode === "cards" ? "cards" : "grid list-grid"
    this.root.setAttribute("aria-label", mode === "cards" ? t("Rows as cards") : t("Rows as tiles"))
    this.root.addEventListener("dblclick", (event) => {
      const tile = event.target.closest(".tile")
      if (tile) onOpen(Number(tile.dataset.row))
    })
  }

  /** A tile stays the same element as long as what it says does. */
  tile(item) {
    const said = JSON.stringify([item.verdict, this.words(item), item.why, item.caption, item.beside, item.tags])
    const known = this.tiles.get(item.example_id)
    if (known && known.said === said) return known
    const spoken = [item.name, this.mode === "cards" ? null : this.words(item), this.labels.spoken(item), this.mode === "cards" ? null : item.beside, item.verdict, ...(item.tags ?? [])].filter(Boolean).join(". ")
    const made = el("div", { class: `tile${item.verdict ? " decided" : ""}`, role: "option", id: `tile-${item.example_id}`,
      "data-row": item.example_id, "aria-label": spoken, title: this.mode === "cards" ? null : spoken },
    ...(this.mode === "cards" ? this.card(item) : this.picture(item)).filter(Boolean), el("span", { class: "tick", "aria-hidden": "true" }, "✓"))
    made.said = said
    this.tiles.set(item.example_id, made)
    return made
  }

  picture(item) {
    const doubted = !item.mark && this.doubted(item)
    return [picture(item.thumbnail, "", "thumb"), this.hearing(item),
      el("span", { class: item.verdict ? "line done" : "line" }, item.mark || this.given(item)),
      doubted ? el("span", { class: "line to" }, `→ ${this.labels.words(item.suggested)}`) : null,  // a line of its own: names are long, and this is what counts
      item.beside ? el("span", { class: "line quiet" }, item.beside) : null, tagWords(item)]
  }

  given(item) {
    return this.labels.words(item.label) || t("no label")
  }

  doubted(item) {
    return item.suggested !== null && !this.labels.same(item.label, item.suggested)
  }

  words(item) {
    return this.doubted(item) ? `${this.given(item)} → ${this.labels.words(item.suggested)}` : this.given(item)
  }

  card(item) {
    const label = this.labels.several ? this.labels.chips(item.label, item.suggested ?? item.label, [])
      : el("span", { class: "card-label" }, el("strong", { dir: "auto" }, this.labels.words(item.label) || t("no label")),
        item.suggested !== null && item.suggested !== item.label ? el("span", { class: "to" }, " → ", el("bdi", {}, this.labels.words(item.suggested))) : null)
    return [
      el("div", { class: "card-top" }, label, el("span", { class: "quiet" }, item.caption)),
      item.sound ? this.hearing(item) : null,
      item.thumbnail ? picture(item.thumbnail, "", "thumb") : el("p", { class: "card-text", dir: "auto" }, item.words),
      item.why ? el("p", { class: "card-why quiet", dir: "auto" }, item.why) : null,
      item.verdict ? el("p", { class: "card-verdict", dir: "auto" }, item.verdict) : null,
      tagWords(item),
    ]
  }

  /** Selects a single row, as a click on a list does; with ctrl or cmd one more, with shift all up to it. */
  click(event) {
    const tile = event.target.closest(".tile")
    if (!tile) return
    const rowId = Number(tile.dataset.row)
    this.root.focus({ preventScroll: true })
    if (event.shiftKey) this.selectRange(rowId)
    else this.toggle(rowId)
  }
}
