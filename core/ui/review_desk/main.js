// The component: wires the queue, the outbox and a view to the keyboard and to Streamlit.

const HEARTBEAT_MS = 45_000
const IDLE_MS = 300_000
const REFILL_BELOW = 5
const instances = new WeakMap()
const labelLists = new Map()

class Review {
  constructor(host, data) {
    this.host = host
    this.queue = new Queue()
    this.memory = new Memory(`${data.storage}.undo`)
    this.undoable = this.memory.kept()
    this.offered = null
    this.asking = new Set()
    this.lastInput = Date.now()
    this.outbox = new Outbox(data.storage, () => this.report())
    this.isGrid = data.mode === "grid"
    this.language = data.language
    this.actionIds = data.actions.join()
    this.labels = data.located ? new SpanLabels() : new Labels(data.several, data.numeric)
    this.labels.byLikelihood = !this.isGrid
    this.actions = actionsOf(data.actions, data.several, data.numeric)
    this.picker = data.several ? new SetEditor(this.labels, (classes) => this.relabel(classes))
      : new (data.numeric ? NumberBox : LabelPicker)(this.labels, (label) => this.relabel(label))
    this.note = new NoteEditor((text) => this.keepNote(text))
    this.tagger = new TagPicker((tag) => this.tag(tag))
    this.located = data.located
    this.view = this.isGrid ? new GridView(this.labels, (count) => this.drawSelection(count))
      : data.located ? new SpansView(this.labels, () => this.drawKeep(), (others) => this.sameEverywhere(others)) : new DeskView(this.labels)
    this.build()
    this.listen()
  }

  build() {
    this.status = new Status((item) => this.revisit(item))
    this.empty = el("p", { class: "empty" })
    this.selection = el("p", { class: "selection quiet" })
    this.legend = el("p", { class: "legend quiet", "aria-label": t("Digits of the classes"), role: "group" })
    this.spoken = el("p", { class: "for-screen-readers", role: "status" })
    this.toolbar = actionBar((id, event) => this.press(id, event), this.actions)
    this.root = el("div", { class: "review", role: "region", "aria-label": t("Review desk"), tabindex: "-1" },
      this.status.header, this.status.notice, this.empty, this.view.root,
      el("footer", {}, this.isGrid ? this.selection : null, this.isGrid ? this.legend : null, this.picker.root, this.note.root, this.tagger.root,
        this.toolbar), this.spoken)
    this.host.append(this.root)
  }

  listen() {
    this.onKey = (event) => this.key(event)
    this.onInput = () => (this.lastInput = Date.now())
    this.onLeave = (event) => {
      if (this.outbox.waiting) event.preventDefault()
    }
    this.onKeysAsked = (event) => {
      if (this.host.isConnected && this.root.checkVisibility()) event.detail.push(...this.tellKeys())
    }
    document.addEventListener("keydown", this.onKey)
    document.addEventListener("winnow-keys", this.onKeysAsked)
    window.addEventListener("pointermove", this.onInput, { passive: true })
    window.addEventListener("beforeunload", this.onLeave)
    // Streamlit reads keys on the document, where an input inside a shadow root looks like no input at all.
    for (const kind of ["keydown", "keypress", "keyup"]) {
      for (const typed of [this.picker, this.note, this.tagger]) typed.root.addEventListener(kind, (event) => event.stopPropagation())
    }
    this.heart = setInterval(() => {
      if (Date.now() - this.lastInput < IDLE_MS) this.report()
    }, HEARTBEAT_MS)
  }

  close() {
    document.removeEventListener("keydown", this.onKey)
    document.removeEventListener("winnow-keys", this.onKeysAsked)
    window.removeEventListener("pointermove", this.onInput)
    window.removeEventListener("beforeunload", this.onLeave)
    clearInterval(this.heart)
    clearTimeout(this.again)
    this.outbox.close()
  }

  /** Tells the server everything it needs to answer: cumulative, so that no single message matters. */
  report() {
    this.setState("desk", {
      acts: this.outbox.acts,
      have: this.queue.rowIds(),
      open: this.queue.open.map((item) => item.example_id),
      skipped: this.isGrid ? 0 : this.queue.skipped(),
      labels: labelLists.has(this.digest) ? this.digest : null,
      beat: Date.now(),
    })
  }

  /** Takes in what the server sent. Runs on every rerun, also with what is already known. */
  receive(data, setState) {
    const first = !this.data
    this.setState = setState
    this.data = data
    this.digest = data.labels_digest
    if (data.labels) labelLists.set(data.labels_digest, { labels: data.labels, names: data.names, guidelines: data.guidelines })
    const told = labelLists.get(this.digest)
    const classes = told ? this.labels.learn(told) : []
    this.picker.setLabels(classes)
    this.labels.known = this.located || this.actions.some(({ id }) => id === "choose") ? classes : []
    if (this.isGrid) this.drawLegend()
    this.outbox.confirm(data.acknowledged)
    this.status.trouble = data.trouble
    clearTimeout(this.again)
    if (data.trouble) this.again = setTimeout(() => this.report(), RESEND_AFTER_MS)
    this.queue.reset(data.queue)
    this.returnRows(data)
    this.queue.take(data.items, this.pendingDecisions())
    this.tagger.know(data.tags)
    this.outbox.acts.filter(isTagAct).forEach((act) => {
      const item = this.queue.find(act.example_id)
      if (item) applyTag(item, act)
    })
    data.taken.forEach(({ example_id, decision }) => this.takenByOther(this.queue.find(example_id), decision))
    data.refused.forEach((refusal) => this.refuse(refusal))
    this.draw()
    if (data.more && this.queue.open.length < REFILL_BELOW) this.report()
    if (first) this.takeFocus()
    if ((first && this.outbox.waiting) || !labelLists.has(this.digest)) this.outbox.deliver()
  }

  /** Keys go to the desk from the start, unless the person is typing somewhere. */
  takeFocus() {
    if (!isTyping(document.activeElement)) this.root.focus({ preventScroll: true })
  }

  pendingDecisions() {
    const decisions = new Map()
    for (const act of this.outbox.acts.filter((one) => !isTagAct(one))) {
      if (act.action === "undo") decisions.delete(act.example_id)
      else decisions.set(act.example_id, { action: act.action, label: act.label, key: act.key })
    }
    return decisions
  }

  /** Rows that an undo reached beyond this page's own memory. */
  returnRows(data) {
    for (const { key, example_id } of data.returned) {
      if (this.seen(key)) continue
      const known = this.queue.find(example_id)
      if (known && !known.decision) continue // brought back as soon as it was taken back here
      const item = data.items.find((candidate) => candidate.example_id === example_id) ?? known
      if (item) this.queue.bringBack(item)
    }
  }

  refuse({ key, example_id, message, decision }) {
    if (this.seen(key)) return
    this.undoable = withoutKey(this.undoable, key)
    this.memory.keep(this.undoable)
    if (this.asking.delete(key)) this.offered = decision?.key ?? null
    const item = this.queue.find(example_id)
    if (item) item.decision = decision
    this.status.tell(message, this.isGrid ? null : item)
  }

  /** Another reviewer, or another tab, was quicker: the desk says so where the row is shown, the grid takes it away. */
  takenByOther(item, decision) {
    if (item && !item.decision && !item.acts?.includes(decision.key)) item.decision = decision
  }

  /** True from the second time on: the server repeats its answers until it hears something new. */
  seen(key) {
    this.seenKeys ??= new Set()
    if (this.seenKeys.has(key)) return true
    this.seenKeys.add(key)
    return false
  }

  /** Goes back to a row: one that the notice speaks of, or whose tag was taken back. */
  revisit(item) {
    this.queue.position = Math.max(0, this.queue.items.indexOf(item))
    this.queue.visiting = true
    this.draw()
  }

  // --- acting ---

  key(event) {
    if (!this.host.isConnected || !this.root.checkVisibility()) return
    this.lastInput = Date.now()
    const handled = (this.isGrid || this.located ? this.view.key(event) || (this.located && this.guides(event)) : this.zooms(event) || this.hears(event) || this.guides(event)) || this.performKey(event) || this.chooseByDigit(event)
    if (handled) event.preventDefault()
  }

  /** Plus: the image larger, and again smaller. */
  zooms(event) {
    if (event.key !== "+" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return false
    return this.view.zoom()
  }

  /** H: the sound, from its beginning, or silence. */
  hears(event) {
    if (keyOf(event) !== "h" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return false
    return this.view.hear()
  }

  /** D: what belongs in the given and the suggested class. */
  guides(event) {
    if (keyOf(event) !== "d" || event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return false
    return this.view.toggleGuides()
  }

  performKey(event) {
    const id = actionOfKey(event, this.actions)
    if (id) this.perform(id)
    return Boolean(id)
  }

  /** A digit gives the rows in hand the class that has it. */
  chooseByDigit(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return false
    if (isTyping(event.composedPath()[0])) return false
    if (this.labels.numeric) return this.typesNumber(event)
    const digit = digitOf(event)
    const label = digit === null ? undefined : this.labels.digits(this.targets()[0]).get(digit)
    if (label === undefined) return false
    this.picker.close()
    this.relabel(label)
    return true
  }

  /** The first digit of another number opens the box for it. */
  typesNumber(event) {
    const typed = beginsNumber(event)
    const [first] = this.targets()
    if (!typed || !first || !this.actions.some(({ id }) => id === "choose")) return false
    this.note.close()
    this.picker.open(first, this.root, typed)
    return true
  }

  /** What the dialog of all keys lists of this page. */
  tellKeys() {
    const title = this.isGrid ? t("On the grid") : t("On the desk")
    const keys = tellActions(this.actions, [...this.labels.digits(this.targets()[0]).keys()])
    const own = this.located ? spanKeys() : this.isGrid
      ? [[["←", "↑", "↓", "→"], t("Move; with Shift select a range")], [["Space"], t("Select the example, or not")], [["A"], t("Select all")], [["Esc"], t("Select none")]]
      : Object.keys(this.labels.guidelines).length ? [[["D"], t("Show what belongs in the given and the suggested class, or hide it")]] : []
    if (this.queue.items.some((item) => item.sound)) own.unshift([["H"], t("Hear the sound, or stop it")])
    if (this.labels.numeric) own.push(...numberKeys())
    const editor = this.labels.several && !this.located ? [{ title: t("While classes are edited"), keys: editorKeys() }] : []
    return [{ title, keys: [...own, ...keys.filter(([names]) => !this.isGrid || !names.includes("←") && !names.includes("→"))] }, ...editor]
  }

  /** A button: after a click of the mouse the keys work on, after the keyboard the focus stays on the button. */
  press(id, event) {
    if (event.detail > 0) this.root.focus({ preventScroll: true })
    this.perform(id)
  }

  perform(id) {
    this.picker.close()
    this.note.close()
    this.tagger.close()
    const decides = !this.actions.find((action) => action.id === id)?.plain
    if ((decides || id === "note" || id === "tag") && !this.targets().length) return
    if (id === "note") this.note.open(this.targets()[0].note ?? this.targets()[0].decision?.note ?? "", this.root)
    else if (id === "tag") this.tagger.openFor(this.targets(), this.root)
    else if (id === "undo") this.undo()
    else if (id === "next" || id === "previous") this.move(id === "next" ? 1 : -1)
    else if (id === "choose") this.choose()
    else if (id === "suggestion") this.takeSuggestion()
    else if (id === "group") this.keepOneOfGroup()
    else this.decide((item) => this.edited(id, item) ?? { action: id, label: null })
  }

  /** Spans that were edited are saved by the key that keeps a row as it is. */
  edited(id, item) {
    return id === "keep" && this.located && this.view.edited(item) ? { action: "relabel", label: this.view.labelOf(item) } : null
  }

  /** The row in hand as it is edited and the same words in other rows, as one act. */
  sameEverywhere(others) {
    const current = this.queue.current
    const items = others.map(({ row, label, decision, made }) => {
      const item = this.queue.find(row) ?? { example_id: row, scan_id: current.scan_id, label, shown: { given_label: label }, decision: decision ? { decision_id: decision } : null }
      item.spans = made
      return item
    })
    this.decideItems([current, ...items], (item) => ({ action: "relabel", label: this.view.labelOf(item) }))
    this.status.tell(tn("The same words have that type in {n} other row now. Undo takes all of it back.", "The same words have that type in {n} other rows now. Undo takes all of it back.", others.length, { n: figure(others.length) }))
  }

  /** What the key does that keeps a row: saves it, where its spans were edited. */
  drawKeep() {
    const button = this.toolbar.querySelector("[data-action=keep] span")
    if (button && this.located) button.textContent = this.view.edited(this.queue.current) ? t("Save") : t("Keep")
  }

  targets() {
    if (this.isGrid) return this.view.targets().map((rowId) => this.queue.find(rowId))
    return this.queue.current ? [this.queue.current] : []
  }

  choose() {
    const [first] = this.targets()
    if (first) this.picker.open(first, this.root)
  }

  takeSuggestion() {
    if (this.targets().every((item) => item.blind)) this.status.tell(t("This row is judged blind: no suggestion is shown. Keep its label, or choose another."))
    else if (this.targets().every((item) => item.suggested === null)) this.status.tell(t("No label is suggested here: choose one, or keep the row."))
    else this.decide((item) => (item.suggested === null ? { action: "unsure", label: null } : { action: "relabel", label: item.suggested }))
  }

  /** Excludes all copies of the groups in hand as one act, those too that the browser has not got. */
  keepOneOfGroup() {
    const rows = [...new Set(this.targets().flatMap((item) => item.copies))]
    if (!rows.length) return this.status.tell(t("This row is no copy: there is nothing to leave out."))
    const [first] = this.targets()
    const items = rows.map((row) => this.queue.find(row)?.decision ? null : this.queue.find(row) ?? { example_id: row, scan_id: first.scan_id, shown: {} })
    this.decideItems(items.filter(Boolean), () => ({ action: "exclude", label: null }))
  }

  /** A note is of the row in hand and goes out with its verdict; one that is decided is decided so again. */
  keepNote(text) {
    const items = this.targets()
    items.forEach((item) => (item.note = text || null))
    const decided = items.filter((item) => item.decision && !item.decision.by)
    if (decided.length) this.decideItems(decided, (item) => ({ action: item.decision.action, label: item.decision.label }))
    else this.draw()
  }

  /** Puts a tag on the rows in hand, or takes it off; they stay in hand. */
  tag(tag) {
    const acts = tagActs(this.targets(), tag)
    this.undoable.push(acts)
    this.memory.keep(this.undoable)
    this.offered = null
    this.tagger.know([tag])
    this.draw()
    this.outbox.add(acts)
    this.status.showSaving(this.outbox.waiting)
  }

  /** Undoes one press of the tag key, and shows a row that it was on. */
  takeTagsBack(press) {
    const acts = tagUndos(press)
    const items = acts.map((act) => this.queue.find(act.example_id))
    items.forEach((item, index) => item && applyTag(item, acts[index]))
    const shown = items.find(Boolean)
    if (shown && !this.isGrid && !items.includes(this.queue.current)) this.revisit(shown)
    else this.draw()
    if (!shown) this.status.tell(t("Tag “{tag}” taken back on row {number}.", { tag: acts[0].tag, number: acts[0].example_id }))
    this.outbox.add(acts)
    this.status.showSaving(this.outbox.waiting)
  }

  relabel(label) {
    this.decide(() => ({ action: "relabel", label }))
  }

  /** Decides the rows in hand, shows the next at once, and leaves the writing to the outbox. */
  decide(choice) {
    this.decideItems(this.targets(), choice)
  }

  decideItems(items, choice) {
    if (!items.length) return
    const acts = items.map((item) => this.act(item, choice(item)))
    items.forEach((item, index) => {
      const { action, label, key } = acts[index]
      item.decision = { action, label, note: acts[index].note }
      item.acts = [...(item.acts ?? []), key]
    })
    this.undoable.push(acts.map((act) => act.key))
    this.memory.keep(this.undoable)
    this.offered = null
    this.queue.toNextOpen()
    if (this.isGrid) this.view.clear()
    this.draw()
    this.outbox.add(acts)
    this.status.showSaving(this.outbox.waiting)
  }

  act(item, { action, label }) {
    const same = action === "relabel" && this.labels.same(label, item.label)
    return {
      key: randomKey(), example_id: item.example_id, action: same ? "keep" : action, label: same ? null : label,
      scan_id: item.scan_id, shown: item.shown, note: item.note ?? item.decision?.note ?? null,
      instead_of: [item.decision?.decision_id, item.decision?.key, ...(item.acts ?? [])].filter(Boolean),
    }
  }

  /** Takes back the newest act of this tab, a verdict or a tag. Beyond its memory the server says which act would be next: that one is taken
   *  back when Undo is pressed once more. */
  undo() {
    if (!this.undoable.length && !this.offered && !this.data.undoable && !this.outbox.waiting) {
      return this.status.tell(t("Nothing to undo: no decision of yours is in force on this version."))
    }
    const keys = this.undoable.pop() ?? [this.offered]
    this.memory.keep(this.undoable)
    this.offered = null
    if (isTagPress(keys)) return this.takeTagsBack(keys)
    const items = keys.map((key) => this.queue.items.find((item) => key && item.acts?.includes(key)))
    const acts = keys.map((target, index) => ({ key: randomKey(), action: "undo", target, example_id: items[index]?.example_id ?? null }))
    acts.filter((act) => !act.target).forEach((act) => this.asking.add(act.key))
    items.slice(1).filter(Boolean).forEach((item) => delete item.spans) // of other rows, which nobody has edited here
    items.filter(Boolean).reverse().forEach((item) => this.queue.bringBack(item))
    this.draw()
    this.outbox.add(acts)
    this.status.showSaving(this.outbox.waiting)
  }

  move(by) {
    if (this.isGrid) this.view.move(by, false)
    else this.queue.step(by)
    this.draw()
  }

  // --- drawing ---

  draw() {
    const open = this.queue.open
    const current = this.queue.current
    const nothing = this.isGrid ? !open.length : !current
    this.view.root.hidden = nothing
    this.empty.hidden = !nothing
    this.toolbar.toggleAttribute("data-empty", nothing)
    for (const button of this.toolbar.querySelectorAll("button")) {
      const id = button.dataset.action
      button.disabled = (nothing && !["undo", "previous", "next"].includes(id))
        || (id === "suggestion" && !this.isGrid && !nothing && current.suggested === null)
    }
    if (nothing) this.empty.textContent = this.data.more ? t("Fetching more rows…") : this.data.empty
    else if (this.isGrid) this.view.show(open)
    else this.view.show(current)
    if (nothing) this.view.clear()
    this.drawKeep()
    this.status.showCounts(this.data.counts, this.pendingDecisions().size)
    this.status.showSaving(this.outbox.waiting)
    this.speak(current)
  }

  speak(item) {
    const text = this.isGrid || !item ? "" : t("Row {number}. {said}.", { number: item.example_id, said: this.labels.spoken(item) })
    if (this.spoken.textContent !== text) this.spoken.textContent = text
  }

  /** Which digit gives the selected examples which class. */
  drawLegend() {
    const digits = [...this.labels.digits({})]
    this.legend.hidden = !digits.length
    this.legend.replaceChildren(...digits.map(([digit, label]) => el("span", {}, el("kbd", {}, digit), " ", el("span", { dir: "auto" }, this.labels.called(label)))))
  }

  drawSelection(count) {
    this.selection.textContent = count
      ? tn("{n} example selected. Escape clears.", "{n} examples selected. Escape clears.", count, { n: figure(count) })
      : t("Arrow keys move, space selects, shift with an arrow or a click selects a range, A selects all.")
  }
}

export default function (component) {
  const { parentElement, data, setStateValue } = component
  learn(data.words)
  let review = instances.get(parentElement)
  const inOther = review && review.language !== data.language
  if (review && (review.outbox.storageKey !== data.storage || review.isGrid !== (data.mode === "grid")
    || review.actionIds !== data.actions.join() || inOther)) {
    review.close()
    review.root.remove()
    review = null
  }
  if (!review) {
    review = new Review(parentElement, data)
    instances.set(parentElement, review)
  }
  review.receive(data, setStateValue)
  if (inOther) review.report() // it has no rows yet
  // Streamlit also calls the cleanup of a superseded render: only a removed component is closed.
  return () => {
    if (!parentElement.isConnected) review.close()
  }
}
