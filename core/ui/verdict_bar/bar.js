// The bar: what the desk's keys do, for the rows in hand. With tiles or cards these are the chosen ones; else all that came.

const CHIPS = 12
const DIGITS = 9
const FEW_NAMED = 3
const bars = new WeakMap()
const labelLists = new Map()
/** Of several on a page, the keys are for the one that was used last. */
let inUse = null

class VerdictBar {
  constructor(host, data) {
    this.host = host
    this.mode = data.mode
    this.language = data.language
    this.items = []
    this.undoable = []
    this.outbox = new Outbox(data.storage, () => this.report())
    this.labels = new Labels(data.several, data.numeric)
    this.actions = actionsOf(data.actions, data.several, data.numeric).filter((action) => action.id !== "next" && action.id !== "previous")
    this.actionIds = data.actions.join()
    this.picker = data.several ? new SetEditor(this.labels, (classes) => this.relabel(classes))
      : new (data.numeric ? NumberBox : LabelPicker)(this.labels, (label) => this.relabel(label))
    this.note = new NoteEditor((text) => this.keepNote(text))
    this.tagger = new TagPicker((tag) => this.tag(tag))
    this.view = data.mode === "bar" ? null : new TileView(this.labels, data.mode, () => this.drawBar(), (row) => this.open(row))
    this.build()
    this.listen()
  }

  build() {
    this.noticeText = el("span")
    this.notice = el("div", { class: "notice", role: "alert", hidden: true }, this.noticeText,
      el("button", { type: "button", class: "plain", onclick: () => (this.notice.hidden = true) }, t("Dismiss")))
    this.standing = el("p", { class: "standing", role: "status" })
    this.toolbar = actionBar((id, event) => this.press(id, event), this.actions)
    this.opener = this.view ? el("button", { type: "button", class: "plain", title: t("Show the whole row beside the list"),
      onclick: () => this.open(this.view.cursor) }, el("span", {}, t("Show row")), el("kbd", {}, "↵")) : null
    if (this.opener) this.toolbar.lastElementChild.append(this.opener)
    this.chips = el("div", { class: "classes", role: "group", "aria-label": t("Classes") })
    this.confirm = el("div", { class: "confirm", role: "dialog", "aria-label": t("Confirm"), tabindex: "-1", hidden: true })
    this.flatters = el("p", { class: "flatters", hidden: true })
    const bar = el("div", { class: "verdict-bar" }, this.picker.root, this.note.root, this.tagger.root, this.standing, this.flatters, this.toolbar, this.chips)
    this.root = el("div", { class: `review ${this.view ? "with-rows" : "alone"}`, role: "region", "aria-label": t("Verdict"), tabindex: "-1" },
      this.notice, this.view?.root ?? null, el("footer", {}, this.confirm, bar))
    this.host.append(this.root)
    for (const kind of ["pointerdown", "focusin"]) this.root.addEventListener(kind, () => (inUse = this))
    inUse = this
  }

  listen() {
    this.closed = false
    this.onKey = (event) => this.key(event)
    this.onLeave = (event) => {
      if (this.outbox.waiting) event.preventDefault()
    }
    this.onKeysAsked = (event) => {
      if (inUse === this && this.host.isConnected && this.root.checkVisibility()) event.detail.push(...this.tellKeys())
    }
    document.addEventListener("keydown", this.onKey, true)
    document.addEventListener("winnow-keys", this.onKeysAsked)
    window.addEventListener("beforeunload", this.onLeave)
    // Streamlit reads keys on the document, where an input inside a shadow root looks like no input at all.
    for (const kind of ["keydown", "keypress", "keyup"]) {
      for (const typed of [this.picker, this.note, this.tagger]) typed.root.addEventListener(kind, (event) => event.stopPropagation())
    }
  }

  close() {
    this.closed = true
    document.removeEventListener("keydown", this.onKey, true)
    document.removeEventListener("winnow-keys", this.onKeysAsked)
    window.removeEventListener("beforeunload", this.onLeave)
    clearTimeout(this.again)
    this.outbox.close()
  }

  report() {
    this.setState("verdicts", { acts: this.outbox.acts, open: this.opened ?? null, labels: labelLists.has(this.digest) ? this.digest : null, beat: Date.now() })
  }

  /** Takes in what the server sent. Runs on every rerun, also with what is already known. */
  receive(data, setState) {
    const first = !this.data
    this.setState = setState
    this.data = data
    this.digest = data.labels_digest
    this.opened = data.opened
    if (data.labels) labelLists.set(data.labels_digest, { labels: data.labels, names: data.names, guidelines: data.guidelines })
    const told = labelLists.get(this.digest)
    this.picker.setLabels(told ? this.labels.learn(told) : [])
    this.outbox.confirm(data.acknowledged)
    clearTimeout(this.again)
    if (data.trouble) this.again = setTimeout(() => this.report(), RESEND_AFTER_MS)
    const mine = new Map(this.items.map((item) => [item.example_id, item]))
    this.items = data.items.map((item) => {
      const before = mine.get(item.example_id)
      return { ...item, bars: item.likely.map((name) => [name, 0]), acts: before?.acts ?? [], note: before?.note }
    })
    this.tagger.know(data.tags)
    this.outbox.acts.forEach((act) => this.showAct(act))
    data.refused.forEach((refusal) => this.refuse(refusal))
    if (!this.confirm.hidden && !this.targets().length) this.dismiss()
    this.draw()
    if ((first && this.outbox.waiting) || !labelLists.has(this.digest)) this.outbox.deliver()
    if (first && this.view && !isTyping(document.activeElement)) this.view.root.focus({ preventScroll: true })
  }

  find(rowId) {
    return this.items.find((item) => item.example_id === rowId)
  }

  refuse({ key, message }) {
    this.told ??= new Set()
    if (this.told.has(key)) return
    this.told.add(key)
    this.undoable = withoutKey(this.undoable, key)
    this.tell(message)
  }

  tell(message) {
    this.noticeText.textContent = message
    this.notice.hidden = false
  }

  /** What an act that the server has not confirmed makes of a row. */
  showAct(act) {
    const { example_id, action, label, key, note } = act
    const item = this.find(example_id)
    if (!item) return
    if (isTagAct(act)) return applyTag(item, act)
    const undone = action === "undo"
    item.decision = undone ? null : { action, label, key, note }
    const words = this.data.located && action === "relabel" ? item.suggested : label  // spans are told in words
    item.mark = undone ? "" : `✓ ${action === "relabel" ? this.labels.words(words) : doneText(action)}`
    item.verdict = undone ? "" : t("{said} · you, now", { said: capital(this.labels.decisionText({ ...item.decision, label: words }, item.label)) })
  }

  // --- acting ---

  key(event) {
    if (!this.host.isConnected || !this.root.checkVisibility() || event.ctrlKey || event.metaKey || event.altKey) return
    if (inUse !== this && inUse?.host.isConnected) return
    if (this.isBehind(event)) return
    const target = event.composedPath()[0]
    const inTable = target instanceof Element && target.closest("[data-testid=stDataFrame]") && !target.matches("input, textarea")
    if (isTyping(target) && !inTable) return
    if (!this.confirm.hidden) return this.confirmKey(event)
    const onRows = this.view && this.root.contains(document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)
    if (onRows && this.view.key(event)) return event.preventDefault()
    if (onRows && event.key === "Enter" && !(target instanceof HTMLButtonElement)) return this.open(this.view.cursor)
    const pressed = keyOf(event)
    const action = this.actions.find((one) => one.key === pressed)
    const digit = digitOf(event)
    const chip = digit && [...this.chips.children].find((one) => one.dataset.key === digit)
    const number = this.labels.numeric && beginsNumber(event)
    if (event.repeat || !this.targets().length || !(action || chip || number)) return
    if (number) this.choose(number)
    else if (action) this.perform(action.id)
    else chip.click()
    event.preventDefault()
  }

  /** Whether a key is of a dialog or a box that stands above the rows. */
  isBehind(event) {
    return event.composedPath().some((node) => node instanceof Element && node.matches("dialog, [role=dialog]") && !this.root.contains(node) && !node.contains(this.host))
  }

  /** What the dialog of all keys lists of this bar. */
  tellKeys() {
    const digits = [...this.chips.children].map((chip) => chip.dataset.key).filter(Boolean)
    return [{ title: t("On the rows of a list"), keys: [...tellActions(this.actions, digits), ...(this.labels.numeric ? numberKeys() : [])] }]
  }

  confirmKey(event) {
    if (event.key === "Escape") this.dismiss()
    else if (event.key === "Enter" && !(event.composedPath()[0] instanceof HTMLButtonElement)) this.confirmed()
    else return
    event.preventDefault()
  }

  press(id, event) {
    if (event.detail > 0) this.root.focus({ preventScroll: true })
    this.perform(id)
  }

  perform(id) {
    this.picker.close()
    this.note.close()
    this.tagger.close()
    this.dismiss()
    if (id === "note") this.openNote()
    else if (id === "tag") this.tagger.openFor(this.targets(), this.root)
    else if (id === "undo") this.undo()
    else if (id === "choose") this.choose()
    else if (id === "suggestion") this.takeSuggestion()
    else if (id === "keep") this.keep()
    else this.decide(() => ({ action: id, label: null }))
  }

  /** Puts a tag on the rows in hand, or takes it off where all have it: no verdict, so nothing is asked before. */
  tag(tag) {
    const items = this.targets()
    if (!items.length) return
    const acts = tagActs(items, tag)
    this.undoable.push(acts)
    this.tagger.know([tag])
    this.outbox.add(acts)
    this.draw()
  }

  keep() {
    const some = this.targets().filter((item) => item.label !== null)
    if (!some.length) this.tell(t("There is no label to keep: give it one."))
    else this.decideItems(some, () => ({ action: "keep", label: null }))
  }

  targets() {
    return this.view ? this.view.targets().map((rowId) => this.find(rowId)).filter(Boolean) : this.items
  }

  open(rowId) {
    this.opened = rowId
    this.report()
  }

  choose(typed) {
    const rows = this.targets()
    if (rows.length) this.picker.open(rows[0], this.root, typed, rows.length)
  }

  openNote() {
    const [first] = this.targets()
    if (first) this.note.open(first.note ?? first.decision?.note ?? "", this.root)
  }

  /** A note is of the rows in hand and goes out with their verdict; those that are decided are decided so again. */
  keepNote(text) {
    const items = this.targets()
    items.forEach((item) => (item.note = text || null))
    const decided = items.filter((item) => item.decision && !item.decision.by)
    if (decided.length) this.decideItems(decided, (item) => ({ action: item.decision.action, label: item.decision.label }))
    else this.drawBar()
  }

  takeSuggestion() {
    const some = this.targets().filter((item) => item.suggested !== null)
    if (!some.length) this.tell(t("No label is suggested here: choose one, or keep the row."))
    else this.decideItems(some, (item) => ({ action: "relabel", label: this.data.located ? item.shown.suggested_label : item.suggested }))
  }

  relabel(label) {
    this.decide(() => ({ action: "relabel", label }))
  }

  /** Of several classes: puts a class in, or takes it out where every row in hand has it. */
  flip(name) {
    const everywhere = this.targets().every((item) => this.current(item).includes(name))
    this.decide((item) => {
      const classes = this.current(item)
      return { action: "relabel", label: everywhere ? classes.filter((one) => one !== name) : [...new Set([...classes, name])] }
    })
  }

  /** The classes of a row as they stand, with what was decided. */
  current(item) {
    return this.labels.classesOf(item.decision?.action === "relabel" ? item.decision.label : item.label)
  }

  decide(choice) {
    this.decideItems(this.targets(), choice)
  }

  /** One row at once; several after a look at what would change. */
  decideItems(items, choice) {
    const made = items.map((item) => [item, this.act(item, choice(item))])
    if (made.length === 1) this.write(made)
    else if (made.length) this.ask(made)
  }

  act(item, { action, label }) {
    const same = action === "relabel" && this.labels.same(label, item.label)
    return {
      action: same ? "keep" : action, label: same ? null : label, example_id: item.example_id, scan_id: item.scan_id, shown: item.shown,
      note: item.note ?? item.decision?.note ?? null,
      instead_of: [item.decision?.decision_id, item.decision?.key, ...item.acts].filter(Boolean),
    }
  }

  write(made) {
    const id = randomKey()
    const acts = made.map(([, act]) => ({ ...act, key: made.length > 1 ? `${id}:${act.example_id}` : id }))
    made.forEach(([item], index) => item.acts.push(acts[index].key))
    this.undoable.push(acts.map((act) => act.key))
    acts.forEach((act) => this.showAct(act))
    this.view?.selected.clear()
    this.outbox.add(acts)
    this.draw()
  }

  // --- several at once: what would change, then yes or no ---

  ask(made) {
    const counts = new Map()
    for (const [item, act] of made) {
      const before = this.labels.words(item.label)
      const after = act.action === "relabel" ? this.labels.words(this.data.located ? item.suggested : act.label) : doneText(act.action)
      const said = `${before} → ${after}`
      counts.set(said, (counts.get(said) ?? 0) + 1)
    }
    const sorted = [...counts].sort((one, other) => other[1] - one[1])
    const decided = made.filter(([item]) => item.decision).length
    const names = made.slice(0, FEW_NAMED).map(([item]) => shortened(item.name))
    this.asked = made
    this.confirm.replaceChildren(
      el("p", {}, el("strong", {}, tn("Change {n} row?", "Change {n} rows?", made.length, { n: figure(made.length) })),
        decided ? ` ${tn("{n} of them has a verdict, which this replaces.", "{n} of them have a verdict, which this replaces.", decided, { n: figure(decided) })}` : ""),
      el("ul", {}, ...sorted.slice(0, 6).map(([said, count]) => el("li", {}, el("strong", {}, figure(count)), ` ${said}`)),
        sorted.length > 6 ? el("li", {}, t("and {n} more kinds", { n: sorted.length - 6 })) : null),
      el("p", { class: "quiet first-rows" }, `${names.join(" · ")}${made.length > FEW_NAMED ? " · …" : ""}`),
      el("div", { class: "group" },
        el("button", { type: "button", class: "act primary", onclick: () => this.confirmed() }, el("span", {}, tn("Change {n} row", "Change {n} rows", made.length, { n: figure(made.length) })), el("kbd", {}, "↵")),
        el("button", { type: "button", class: "plain", onclick: () => this.dismiss() }, el("span", {}, t("Cancel")), el("kbd", {}, "Esc"))))
    this.confirm.hidden = false
    this.confirm.focus({ preventScroll: true })
  }

  confirmed() {
    const made = this.asked
    this.dismiss()
    if (made?.length) this.write(made)
  }

  dismiss() {
    if (this.confirm.hidden) return
    this.confirm.hidden = true
    this.asked = null
    ;(this.view?.root ?? this.root).focus({ preventScroll: true })
  }

  /** Takes back what you decided on the rows in hand: where that was the last act here, or nothing is, that act whole.
   * A tag is taken back where it was the last act, and on a row in hand or none of these is decided. */
  undo() {
    const hand = this.targets()
    const own = hand.filter((item) => item.decision && !item.decision.by && item.decision.key)
    const last = this.undoable.at(-1) ?? []
    if (isTagPress(last) && (!own.length || last.some((act) => hand.some((item) => item.example_id === act.example_id)))) {
      this.undoable.pop()
      const undos = tagUndos(last)
      undos.forEach((act) => this.showAct(act))
      this.outbox.add(undos)
      return this.draw()
    }
    const whole = !own.length || own.some((item) => last.includes(item.decision.key))
    const keys = whole ? last : own.map((item) => item.decision.key)
    if (!keys.length) return this.tell(t("Nothing of yours to take back here."))
    this.undoable = this.undoable.map((group) => group.filter((key) => !keys.includes(key))).filter((group) => group.length)
    const id = randomKey()
    const acts = keys.map((target, index) => {
      const item = this.items.find((one) => one.decision?.key === target || one.acts.includes(target))
      return { key: keys.length > 1 ? `${id}:${item?.example_id ?? index}` : id, action: "undo", target, example_id: item?.example_id ?? null }
    })
    acts.forEach((act) => this.showAct(act))
    this.outbox.add(acts)
    this.draw()
  }

  // --- drawing ---

  draw() {
    if (this.view) this.view.show(this.items)
    this.drawBar()
  }

  drawBar() {
    if (!this.toolbar) return
    const hand = this.targets()
    this.drawStanding(hand)
    const suggestions = new Set(hand.filter((item) => item.suggested !== null && !this.labels.same(item.suggested, item.label)).map((item) => item.suggested))
    const take = this.toolbar.querySelector('[data-action="suggestion"]')
    if (take) {
      take.hidden = !suggestions.size
      take.firstElementChild.textContent = suggestions.size === 1 && !this.labels.several && !this.data.located ? t("Take {label}", { label: this.labels.words([...suggestions][0]) }) : t("Take suggestion")
    }
    const keep = this.toolbar.querySelector('[data-action="keep"]')
    if (keep) keep.hidden = hand.length > 0 && hand.every((item) => item.label === null)
    for (const button of this.toolbar.querySelectorAll("[data-action]")) button.disabled = !hand.length && button.dataset.action !== "undo"
    const classes = this.classes(hand)
    const keys = new Map([...digitsOf(labelLists.get(this.digest)?.labels ?? [], classes)].map(([digit, name]) => [name, digit]))
    this.chips.replaceChildren(...classes.map((name) => this.chip(hand, name, keys.get(name) ?? null)))
  }

  drawStanding(hand) {
    const [only] = hand
    const chosen = this.view?.selected.size ?? 0
    const said = this.data?.trouble ? t("{n} not saved yet, tried again every few seconds: {why}", { n: this.outbox.waiting, why: this.data.trouble })
      : chosen > 1 || (!this.view && hand.length > 1) ? tn("{n} row chosen", "{n} rows chosen", hand.length, { n: figure(hand.length) })
        : only ? [this.view ? shortened(only.name) : "", only.verdict || t("Not decided"), this.noteOf(only), this.tagsOf(only)].filter(Boolean).join(" · ") : t("No row chosen")
    if (this.standing.textContent !== said) this.standing.textContent = said
    this.standing.classList.toggle("waiting", Boolean(this.data?.trouble))
    this.flatters.hidden = !hand.some((item) => item.in_sight)
    this.flatters.textContent = this.data?.flatters ?? ""
  }

  noteOf({ note, decision }) {
    const text = note ?? decision?.note
    return text ? t("Note, kept with your verdict: {note}", { note: text }) : ""
  }

  tagsOf({ tags }) {
    return tags?.length ? tn("Tag: {tags}", "Tags: {tags}", tags.length, { tags: tags.join(", ") }) : ""
  }

  /** The classes that one key or click gives: all where they are few, else those in play. */
  classes(hand) {
    if (!hand.length) return []
    const all = labelLists.get(this.digest)?.labels ?? []
    if (all.length <= CHIPS) return all
    const inPlay = hand.flatMap((item) => [...this.labels.classesOf(item.suggested), ...item.likely, ...this.labels.classesOf(item.label)])
    return [...new Set(inPlay)].slice(0, DIGITS)
  }

  chip(hand, name, key) {
    const has = hand.every((item) => this.current(item).includes(name))
    const several = this.labels.several
    const [called, guide] = [this.labels.called(name), this.labels.guidelines[name]]
    const title = (several ? (has ? t("Take {name} out", { name: called }) : t("Add {name}", { name: called })) : t("Change to {name}", { name: called })) + (guide ? `: ${guide}` : "")
    return el("button", { type: "button", class: `class${has ? " has" : ""}`, title, "aria-pressed": String(has), "data-class": name, "data-key": key,
      onclick: () => (several ? this.flip(name) : this.relabel(name)) },
    several ? el("b", { "aria-hidden": "true" }, has ? "✓" : "+") : null, el("span", { class: "name", dir: "auto" }, called),
    key ? el("kbd", { "aria-hidden": "true" }, key) : null)
  }
}

function doneText(action) {
  return { keep: t("kept"), exclude: t("excluded"), unsure: t("unsure") }[action]
}

function shortened(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

export default function (component) {
  const { parentElement, data, setStateValue } = component
  learn(data.words)
  let bar = bars.get(parentElement)
  if (bar && (bar.outbox.storageKey !== data.storage || bar.mode !== data.mode || bar.actionIds !== data.actions.join() || bar.language !== data.language)) {
    bar.close()
    bar.root.remove()
    bar = null
  }
  if (!bar) {
    bar = new VerdictBar(parentElement, data)
    bars.set(parentElement, bar)
  }
  if (bar.closed) bar.listen()
  bar.receive(data, setStateValue)
  // Streamlit also calls the cleanup of a superseded render: only a removed component is closed.
  return () => {
    if (!parentElement.isConnected) bar.close()
  }
}
