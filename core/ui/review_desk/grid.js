// Many images at once: select with click, space and arrow keys (with shift: a range), then judge the selection.

class GridView {
  constructor(labels, onSelectionChange) {
    this.labels = labels
    this.tiles = new Map()
    this.order = []
    this.selected = new Set()
    this.sounds = new Map()
    this.cursor = null
    this.anchor = null
    this.onSelectionChange = onSelectionChange
    this.root = el("div", { class: "grid", role: "listbox", "aria-multiselectable": "true", "aria-label": t("Examples to judge"),
      tabindex: "0", onclick: (event) => this.click(event) })
  }

  /** Draws the rows; tiles that stay keep their element, so that nothing flickers. */
  show(items) {
    const rows = new Set(items.map((item) => item.example_id))
    for (const { example_id, sound } of items) if (sound) this.sounds.set(example_id, sound)
    if (this.told !== this.labels.names) this.tiles.clear()
    this.told = this.labels.names
    const place = this.order.indexOf(this.cursor)
    this.order = [...rows]
    for (const rowId of this.tiles.keys()) if (!rows.has(rowId)) this.tiles.delete(rowId)
    this.selected = new Set([...this.selected].filter((rowId) => rows.has(rowId)))
    if (!rows.has(this.cursor)) this.cursor = this.order[Math.min(Math.max(place, 0), this.order.length - 1)] ?? null
    if (!rows.has(this.anchor)) this.anchor = this.cursor
    const wanted = items.map((item) => this.tile(item))
    if (wanted.length !== this.root.children.length || wanted.some((tile, index) => tile !== this.root.children[index])) {
      this.root.replaceChildren(...wanted)
    }
    this.mark()
  }

  tile(item) {
    const known = this.tiles.get(item.example_id)
    if (known && known.tagged === item.tags) return known
    const tile = el("div", { class: "tile", role: "option", id: `tile-${item.example_id}`, "data-row": item.example_id },
    picture(item.thumbnail, item.name, "thumb"), this.hearing(item),
    el("span", { class: "tick", "aria-hidden": "true" }, "✓"),
    ...this.under(item), ...[tagWords(item)].filter(Boolean))
    tile.tagged = item.tags
    this.tiles.set(item.example_id, tile)
    return tile
  }

  /** What plays a tile's sound for a mouse; the keyboard has H. */
  hearing({ example_id, sound }) {
    if (!sound) return null
    return el("span", { class: "hear", "aria-hidden": "true", title: t("Hear it: H"), onclick: (event) => {
      event.stopPropagation()
      this.hear(example_id)
    } }, "▶")
  }

  /** Plays the row's sound, or stops it. False where it has none. */
  hear(rowId) {
    const address = this.sounds.get(rowId)
    if (!address) return false
    this.players ??= new Map()
    if (!this.players.has(rowId)) this.players.set(rowId, new Audio(address))
    playOrStop(this.players.get(rowId))
    return true
  }

  under(item) {
    if (this.labels.several) return [this.labels.chips(item.label, item.suggested ?? item.label, [])]
    const words = (label) => this.labels.words(label)
    return [el("span", { class: "from", title: words(item.label), dir: "auto" }, words(item.label)),
      item.suggested === null ? null : el("span", { class: "to", title: words(item.suggested), dir: "auto" }, `→ ${words(item.suggested)}`)]
  }

  /** The rows that an action is for: the selection in screen order, else the one under the cursor. */
  targets() {
    const chosen = this.order.filter((rowId) => this.selected.has(rowId))
    return chosen.length || this.cursor === null ? chosen : [this.cursor]
  }

  clear() {
    this.selected.clear()
    this.mark()
  }

  mark() {
    for (const [rowId, tile] of this.tiles) {
      tile.setAttribute("aria-selected", String(this.selected.has(rowId)))
      tile.classList.toggle("cursor", rowId === this.cursor)
    }
    if (this.cursor === null) this.root.removeAttribute("aria-activedescendant")
    else this.root.setAttribute("aria-activedescendant", `tile-${this.cursor}`)
    this.onSelectionChange(this.selected.size)
  }

  click(event) {
    const tile = event.target.closest(".tile")
    if (!tile) return
    const rowId = Number(tile.dataset.row)
    if (event.shiftKey) this.selectRange(rowId)
    else this.toggle(rowId)
  }

  toggle(rowId) {
    this.cursor = this.anchor = rowId
    if (!this.selected.delete(rowId)) this.selected.add(rowId)
    this.mark()
  }

  selectRange(rowId) {
    const [from, to] = [this.order.indexOf(this.anchor), this.order.indexOf(rowId)].sort((a, b) => a - b)
    this.order.slice(Math.max(from, 0), to + 1).forEach((id) => this.selected.add(id))
    this.cursor = rowId
    this.mark()
  }

  columns() {
    const tiles = [...this.root.children]
    const below = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop)
    return below > 0 ? below : Math.max(1, tiles.length)
  }

  move(by, extend) {
    const from = Math.max(0, this.order.indexOf(this.cursor))
    const rowId = this.order[Math.max(0, Math.min(this.order.length - 1, from + by))]
    if (rowId === undefined) return
    if (extend) {
      this.selected.add(this.cursor)
      this.selectRange(rowId)
    } else {
      this.cursor = this.anchor = rowId
      this.mark()
    }
    this.tiles.get(rowId)?.scrollIntoView({ block: "nearest" })
  }

  /** Whether the key was one of the grid's own. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return false
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns(), ArrowDown: this.columns() }
    if (event.key in steps) this.move(steps[event.key], event.shiftKey)
    else if (event.key === " " && !onButton && this.cursor !== null) this.toggle(this.cursor)
    else if (keyOf(event) === "a") this.order.forEach((rowId) => this.selected.add(rowId))
    else if (event.key === "Escape") this.selected.clear()
    else if (keyOf(event) === "h" && !event.repeat) return this.hear(this.cursor)
    else return false
    this.mark()
    return true
  }
}
