// Labels that are spans: the sentence with each coloured and lettered, edited by keys alone, by mouse or by touch.

const COLOURS = 6
const spanKeys = () => [
  [["E"], t("Take the next entity; with Shift the one before")],
  [["1", "…", "9"], t("Give the entity in hand the type that has the digit")],
  [["←", "→"], t("Move the end of the entity in hand; with Shift its beginning")],
  [["Del"], t("Take the entity in hand away")],
  [["A"], t("Begin a new entity: arrows move, Shift with an arrow makes it longer, a digit gives its type")],
  [["W"], t("Give the same words in all other rows the type of the entity in hand, too")],
  [["Esc"], t("Let go of it")],
]

/** A label as the server has it, or as it was edited here: [start, stop, type] in characters, in order. */
class SpanLabels extends Labels {
  constructor() {
    super(true)
  }

  spansOf(label) {
    return Array.isArray(label) ? label : JSON.parse(label || "[]")
  }

  classesOf(label) {
    return [...new Set(this.spansOf(label).map(([, , name]) => name))]
  }

  digits() {
    return new Map()
  }

  /** Digit → type. */
  get types() {
    return digitsOf(this.known, this.known)
  }

  words(label) {
    if (label === null) return t("no label")
    return this.spansOf(label).map(([start, stop, name]) => `${this.called(name)} ${start}–${stop}`).join(", ") || t("none")
  }

  same(one, other) {
    if ((one === null) !== (other === null)) return false // no label is not the label of no entity
    return JSON.stringify(this.spansOf(one)) === JSON.stringify(this.spansOf(other))
  }

  changeText(before, after) {
    const [had, has] = [this.spansOf(before), this.spansOf(after)]
    const without = (some, others) => some.filter((one) => !others.some((other) => String(other) === String(one)))
    const [added, removed] = [without(has, had), without(had, has)]
    const said = [added.length ? t("added {names}", { names: this.words(added) }) : "", removed.length ? t("removed {names}", { names: this.words(removed) }) : ""]
    return said.filter(Boolean).join(t(", ")) || t("kept as it is")
  }

  role() {
    return ""
  }

  spoken(item) {
    return t("Given {given}", { given: this.words(item.label) })
  }
}

class SpansView extends DeskView {
  constructor(labels, changed, everywhere) {
    super(labels)
    this.changed = changed
    this.everywhere = everywhere
    /** The place of the entity in hand in the row's list, or null; and the tokens of one that is to be. */
    this.hand = null
    this.picked = null
    this.types = el("div", { class: "types", role: "group", "aria-label": t("Types") })
    this.found = el("ol", { class: "entities", "aria-label": t("Entities") })
    this.said = el("p", { class: "said quiet", role: "status" })
    const button = (text, key, act) => el("button", { type: "button", class: "plain", title: key, onclick: act }, el("span", {}, text), el("kbd", {}, key))
    this.sameButton = el("button", { type: "button", class: "act same-words", hidden: true, onclick: () => this.spread() }, el("span"), el("kbd", {}, "W"))
    this.tools = el("div", { class: "group span-tools" }, button(t("Remove"), "Del", () => this.remove()), button(t("New entity"), "A", () => this.begin()),
      button(t("Start earlier"), "⇧←", () => this.move("start", -1)), button(t("Start later"), "⇧→", () => this.move("start", 1)),
      button(t("End earlier"), "←", () => this.move("stop", -1)), button(t("End later"), "→", () => this.move("stop", 1)))
    this.root.classList.add("is-spans")
    this.body.removeAttribute("tabindex")
    this.root.querySelector(".facts").prepend(this.types, this.said, this.tools, this.sameButton, this.found)
    this.body.addEventListener("pointerdown", (event) => this.grab(event))
    this.body.addEventListener("pointermove", (event) => this.drag(event))
    for (const end of ["pointerup", "pointercancel"]) this.body.addEventListener(end, () => this.drop())
  }

  show(item) {
    if (item !== this.item) this.hand = this.picked = null
    item.letters ??= Array.from(item.text)
    item.spans ??= this.labels.spansOf(item.decision?.action === "relabel" ? item.decision.label : item.label).map((span) => [...span])
    super.show(item)
    this.drawFacts()
  }

  clear() {
    super.clear()
    this.hand = this.picked = null
  }

  zoom() {
    return false
  }

  /** The row's label as it was edited. */
  labelOf(item) {
    return [...item.spans].sort((one, other) => one[0] - other[0] || one[1] - other[1])
  }

  edited(item) {
    return Boolean(item?.spans) && !this.labels.same(this.labelOf(item), item.label)
  }

  words([start, stop]) {
    return this.item.letters.slice(start, stop).join("").split(/\s+/).filter(Boolean).join(" ")
  }

  colour(name) {
    return `c${Math.max(0, this.labels.known.indexOf(name)) % COLOURS}`
  }

  // --- drawing ---

  drawLabels(item) {
    const suggested = item.suggested !== null && !this.labels.same(item.suggested, item.label)
    this.root.classList.toggle("has-suggestion", suggested)
    this.given.textContent = this.listed(item, item.label)
    this.suggested.textContent = suggested ? this.listed(item, item.suggested) : ""
    this.drawGuides(item)
  }

  listed(item, label) {
    if (label === null) return t("no label")
    return this.labels.spansOf(label).map((span) => `${item.letters.slice(span[0], span[1]).join("")} ${this.labels.called(span[2])}`).join(", ") || t("none")
  }

  /** The text in tokens, so that a finger or a mouse finds them; what a span covers is one mark, with its type behind. */
  example(item) {
    const spans = this.labelOf(item)
    const cuts = [...new Set([0, item.letters.length, ...item.tokens.flat(), ...spans.flatMap(([start, stop]) => [start, stop])])].sort((a, b) => a - b)
    const parts = el("div", { class: "sentence" })
    let into = parts
    let covering = null
    let until = 0
    cuts.slice(0, -1).forEach((start, place) => {
      const stop = cuts[place + 1]
      for (const span of spans.filter((one) => one[0] === start)) {
        if (start < until) parts.append(this.tag(span[2]))
        else {
          covering = span
          until = span[1]
          into = this.mark(item, span)
          parts.append(into)
        }
      }
      const text = item.letters.slice(start, stop).join("")
      const picked = this.picked && start >= this.picked[0] && stop <= this.picked[1]
      into.append(el("span", { class: picked ? "token picked" : "token", "data-start": start, "data-stop": stop }, text))
      if (covering && stop >= until) {
        into.append(" ", this.tag(covering[2]))
        if (item.spans[this.hand] === covering) into.append(el("span", { class: "handle", "data-edge": "stop", "aria-hidden": "true" }))
        covering = null
        into = parts
      }
    })
    return parts
  }

  mark(item, span) {
    const held = item.spans[this.hand] === span
    const mark = el("mark", { class: `entity ${this.colour(span[2])}${held ? " held" : ""}`, tabindex: "0", role: "button", "aria-pressed": String(held),
      onfocus: () => this.take(item.spans.indexOf(span)) })
    if (held) mark.append(el("span", { class: "handle", "data-edge": "start", "aria-hidden": "true" }))
    return mark
  }

  tag(name) {
    return el("b", { class: "type" }, this.labels.called(name))
  }

  drawFacts() {
    const item = this.item
    if (!item) return
    const keys = new Map([...this.labels.types].map(([digit, name]) => [name, digit]))
    const span = item.spans[this.hand]
    this.types.replaceChildren(...this.labels.known.map((name) => el("button", { type: "button", class: `type-button ${this.colour(name)}`,
      "aria-pressed": String(span?.[2] === name), disabled: !span && !this.picked, onclick: () => this.give(name) },
    keys.has(name) ? el("kbd", {}, keys.get(name)) : null, el("span", { dir: "auto" }, this.labels.called(name)))))
    this.found.replaceChildren(...this.labelOf(item).map((one) => el("li", { class: one === span ? "held" : "" },
      el("button", { type: "button", class: "plain", onclick: () => this.take(item.spans.indexOf(one), true) }, el("span", { dir: "auto" }, this.words(one)), el("em", { class: this.colour(one[2]) }, this.labels.called(one[2]))))))
    const said = span ? t("In hand: {words}, {type}", { words: this.words(span), type: this.labels.called(span[2]) })
      : this.picked ? t("New entity: {words}. A digit gives its type.", { words: this.words(this.picked) })
        : t("E takes an entity, A begins one; or mark words with the mouse.")
    if (this.said.textContent !== said) this.said.textContent = said
    const others = span ? this.others(span) : []
    this.sameButton.hidden = !others.length
    this.sameButton.firstChild.textContent = tn("Same words in {n} other row: {type}", "Same words in {n} other rows: {type}", others.length, { n: figure(others.length), type: span ? this.labels.called(span[2]) : "" })
    for (const button of this.tools.querySelectorAll("button")) button.disabled = !span && button.title !== "A"
  }

  redraw(focus = false) {
    this.body.replaceChildren(this.example(this.item))
    this.drawFacts()
    if (focus && this.hand !== null) this.body.querySelector(".entity.held")?.focus({ preventScroll: true })
    this.changed()
  }

  // --- acting ---

  take(place, focus = false) {
    if (place === this.hand && !this.picked) return
    this.hand = place
    this.picked = null
    this.redraw(true)
    if (focus) this.body.querySelector(".entity.held")?.scrollIntoView({ block: "nearest" })
  }

  letGo() {
    if (this.hand === null && !this.picked) return false
    this.hand = this.picked = null
    this.redraw()
    this.root.closest(".review")?.focus({ preventScroll: true })
    return true
  }

  /** The next entity by its place in the text. */
  step(by) {
    const order = this.labelOf(this.item)
    if (!order.length) return
    const at = this.hand === null ? (by > 0 ? -1 : 0) : order.indexOf(this.item.spans[this.hand])
    this.take(this.item.spans.indexOf(order[(at + by + order.length) % order.length]), true)
  }

  give(name) {
    if (this.picked) {
      this.item.spans.push([this.picked[0], this.picked[1], name])
      this.hand = this.item.spans.length - 1
      this.picked = null
    } else if (this.hand !== null) this.item.spans[this.hand] = [...this.item.spans[this.hand].slice(0, 2), name]
    else return
    this.redraw(true)
  }

  remove() {
    if (this.hand === null) return
    this.item.spans.splice(this.hand, 1)
    this.hand = null
    this.redraw()
    this.root.closest(".review")?.focus({ preventScroll: true })
  }

  /** How far a span may reach: no further than its neighbours. */
  room(span) {
    const others = this.item.spans.filter((one) => one !== span)
    return [Math.max(0, ...others.filter((one) => one[1] <= span[0]).map((one) => one[1])),
      Math.min(this.item.letters.length, ...others.filter((one) => one[0] >= span[1]).map((one) => one[0]))]
  }

  /** One edge of the entity in hand by a token. */
  move(edge, by) {
    const span = this.item.spans[this.hand]
    if (!span) return
    const place = edge === "start" ? 0 : 1
    const edges = this.item.tokens.map((token) => token[place]).filter((one) => (by > 0 ? one > span[place] : one < span[place]))
    if (edges.length) this.put(edge, by > 0 ? Math.min(...edges) : Math.max(...edges))
  }

  put(edge, at) {
    const span = this.item.spans[this.hand]
    const [least, most] = this.room(span)
    const fits = edge === "start" ? at >= least && at < span[1] : at <= most && at > span[0]
    if (!fits || span[edge === "start" ? 0 : 1] === at) return
    span[edge === "start" ? 0 : 1] = at
    this.redraw(true)
  }

  free(token) {
    return !this.item.spans.some(([start, stop]) => token[0] < stop && token[1] > start)
  }

  /** A new entity, at first the next token that is in none. */
  begin() {
    const after = this.item.spans[this.hand]?.[1] ?? 0
    const open = this.item.tokens.filter((token) => this.free(token))
    const first = open.find((token) => token[0] >= after) ?? open[0]
    if (!first) return
    this.hand = null
    this.picked = [...first]
    this.redraw()
  }

  /** Moves what is picked by a token, or its end. */
  pick(by, longer) {
    const tokens = this.item.tokens
    if (longer) {
      const ends = tokens.map((token) => token[1]).filter((one) => (by > 0 ? one > this.picked[1] : one < this.picked[1] && one > this.picked[0]))
      if (!ends.length) return
      const end = by > 0 ? Math.min(...ends) : Math.max(...ends)
      if (this.free([this.picked[0], end])) this.picked[1] = end
    } else {
      const open = tokens.filter((token) => this.free(token) && (by > 0 ? token[0] > this.picked[0] : token[0] < this.picked[0]))
      if (!open.length) return
      this.picked = [...(by > 0 ? open[0] : open[open.length - 1])]
    }
    this.redraw()
  }

  /** The rows in which the words of a span have another type: number, label that they get, what is known of them. */
  others(span) {
    return (this.item.same?.[this.words(span)] ?? []).flatMap(([row, label, places, decision]) => {
      const spans = this.labels.spansOf(label)
      const at = (one) => places.some(([start, stop]) => one[0] === start && one[1] === stop)
      if (!spans.some((one) => at(one) && one[2] !== span[2])) return []
      return [{ row, label, decision, made: spans.map((one) => (at(one) ? [one[0], one[1], span[2]] : one)) }]
    })
  }

  spread() {
    const span = this.item?.spans[this.hand]
    const others = span ? this.others(span) : []
    if (others.length) this.everywhere(others)
  }

  key(event) {
    if (!this.item || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.composedPath()[0])) return false
    const pressed = keyOf(event)
    const by = { ArrowLeft: -1, ArrowRight: 1 }[pressed]
    if (by && this.picked) this.pick(by, event.shiftKey)
    else if (by && this.hand !== null) this.move(event.shiftKey ? "start" : "stop", by)
    else if (pressed === "e" && !event.repeat) this.step(event.shiftKey ? -1 : 1)
    else if (pressed === "a" && !event.repeat) this.begin()
    else if (pressed === "w" && !event.repeat) this.spread()
    else if (pressed === "Delete" || pressed === "Backspace") this.remove()
    else if (pressed === "Escape") return this.letGo()
    else {
      const digit = digitOf(event)
      const name = digit === null ? undefined : this.labels.types.get(digit)
      if (name === undefined || (this.hand === null && !this.picked)) return false
      this.give(name)
    }
    return true
  }

  // --- by mouse and by touch ---

  tokenAt(event) {
    const found = this.root.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest(".token")
    return found && this.body.contains(found) ? [Number(found.dataset.start), Number(found.dataset.stop)] : null
  }

  grab(event) {
    const edge = event.target.closest(".handle")?.dataset.edge
    const token = edge ? null : this.tokenAt(event)
    if (edge) this.dragged = { edge }
    else if (token && !event.target.closest(".entity") && token.length && this.item.letters.slice(...token).join("").trim()) {
      this.dragged = { from: token }
      this.hand = null
      this.picked = [...token]
      this.redraw()
    } else return
    event.preventDefault()
    this.body.setPointerCapture?.(event.pointerId)
  }

  drag(event) {
    const token = this.dragged && this.tokenAt(event)
    if (!token) return
    if (this.dragged.edge) return this.put(this.dragged.edge, token[this.dragged.edge === "start" ? 0 : 1])
    const reach = [Math.min(this.dragged.from[0], token[0]), Math.max(this.dragged.from[1], token[1])]
    if (!this.free(reach) || String(reach) === String(this.picked)) return
    this.picked = reach
    this.redraw()
  }

  drop() {
    this.dragged = null
  }
}
