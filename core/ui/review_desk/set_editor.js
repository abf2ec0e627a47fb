// Several classes at once: a list with a box for each class, chips of the label as it would be saved, and one key to save.

const TOGGLED = 9
const editorKeys = () => [
  [["1", "…", "9"], t("Put a class in, or take it out")],
  [["↑", "↓"], t("Move in the list; Space then puts the class in or takes it out")],
  [["0"], t("None of the classes applies")],
  [["Enter"], t("Save the set; after typing, take what was found")],
  [["Esc"], t("Leave the label as it is")],
]

class SetEditor extends LabelPicker {
  constructor(labels, onChoose) {
    super(labels, onChoose)
    this.unfit.remove()  // a set may be empty
    this.chosen = new Set()
    this.counted = (n) => tn("{n} class", "{n} classes", n, { n: figure(n) })
    this.nothing = t("No class has that in its name.")
    this.input.placeholder = t("Type to find a class")
    this.input.setAttribute("aria-label", t("Find a class"))
    this.list.setAttribute("aria-multiselectable", "true")
    this.list.setAttribute("aria-label", t("Classes"))
    this.chips = el("div", { class: "chips", role: "group", "aria-label": t("The label as it will be saved") })
    this.said = el("p", { class: "said", role: "status" })
    const button = (name, text, key, act, className) => el("button", { type: "button", class: className, "data-editor": name,
      onpointerdown: (event) => event.preventDefault(), onclick: act }, el("span", {}, text), el("kbd", {}, key))
    this.root.classList.add("set")
    this.root.setAttribute("aria-label", t("Edit the classes"))
    this.root.prepend(this.chips, this.said)
    this.root.append(
      el("div", { class: "editor-buttons" }, button("Save", t("Save"), "Enter", () => this.save(), "act primary"),
        button("None applies", t("None applies"), "0", () => this.none(), "plain"), button("Cancel", t("Cancel"), "Esc", () => this.close(), "plain")),
      el("p", { class: "quiet keys" }, t("1–9 or arrows and space: on and off. Typing finds classes, then Enter takes one.")))
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close()
    })
  }

  setLabels(labels) {
    super.setLabels(labels)
    this.hasDigits = labels.some((label) => /[0-9]/.test(this.kind.called(label)))
  }

  /** Begins with the label as it is: what was decided before, else what is given. */
  open(item, returnFocus) {
    const decided = item.decision?.action === "relabel" ? item.decision.label : item.label
    this.item = item
    this.chosen = new Set(this.kind.classesOf(decided))
    this.walking = false
    super.open(item, returnFocus)
  }

  /** Classes in play come first: the given ones, the suggested ones, then what the model finds likely. */
  likelyOf(item) {
    const { kept, added, removed } = this.kind.change(item.label, item.suggested ?? item.label)
    return [...new Set([...kept, ...removed, ...added, ...item.bars.map(([label]) => label)])]
  }

  /** Whether a digit is a key of its own and no part of a name that is looked for. */
  get digitsToggle() {
    return !(this.hasDigits && this.input.value)
  }

  option(label, index) {
    const role = { "+ add": t("+ suggested"), "− remove": t("− suggested to go"), given: t("given") }[this.kind.role(this.item, label)]
    return el("li", { role: "option", id: `label-${index}`,
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.toggle(index) },
    el("span", { class: "box", "aria-hidden": "true" }), ...this.described(label), role ? el("em", {}, role) : null,
    index < TOGGLED && this.digitsToggle ? el("kbd", { "aria-hidden": "true" }, String(index + 1)) : null)
  }

  /** A box is ticked where the class is in the set; the line that the arrow keys are on is another thing. */
  mark() {
    super.mark()
    Array.from(this.list.querySelectorAll("[role=option]")).forEach((option, index) => {
      option.setAttribute("aria-selected", String(this.chosen.has(this.found[index])))
      option.classList.toggle("active", index === this.active)
    })
    this.drawSet()
  }

  drawSet() {
    const chosen = [...this.chosen]
    const { kept, added, removed } = this.kind.change(this.item.label, chosen)
    const chip = (name, kind, sign, word) => el("button", { type: "button", class: `chip ${kind}`, tabindex: "-1", "data-class": name,
      title: this.chosen.has(name) ? t("Take it off") : t("Put it back"), onpointerdown: (event) => event.preventDefault(), onclick: () => this.flip(name) },
    sign ? el("b", { "aria-hidden": "true" }, sign) : null, el("span", { class: "name", dir: "auto" }, this.kind.called(name)), word ? el("em", {}, word) : null)
    this.chips.replaceChildren(...kept.map((name) => chip(name, "")), ...added.map((name) => chip(name, "added", "+", t("added"))),
      ...removed.map((name) => chip(name, "removed", "−", t("removed"))))
    const none = chosen.length ? "" : t("None of the classes applies.")
    const said = this.kind.same(this.item.label, chosen) ? t("As given.") : t("{sentence}.", { sentence: capital(this.kind.changeText(this.item.label, chosen)) })
    const text = [said, none].filter(Boolean).join(" ")
    if (this.said.textContent !== text) this.said.textContent = text
  }

  toggle(index) {
    if (this.found[index] !== undefined) this.flip(this.found[index])
  }

  /** Puts a class in or takes it out; what was typed to find it has done its work. */
  flip(name) {
    if (!this.chosen.delete(name)) this.chosen.add(name)
    this.input.value = ""
    this.search()
    this.active = Math.max(0, this.found.indexOf(name))
    this.mark()
  }

  none() {
    this.chosen.clear()
    this.input.value = ""
    this.search()
  }

  save() {
    const classes = [...this.chosen]
    this.close()
    this.onChoose(classes)
  }

  typed() {
    this.walking = false
    super.typed()
  }

  key(event) {
    event.stopPropagation()
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const last = this.found.length - 1
    const moves = { ArrowDown: Math.min(last, this.active + 1), ArrowUp: Math.max(0, this.active - 1) }
    if (event.key in moves) {
      this.walking = true
      this.active = moves[event.key]
      this.mark()
    } else if (/^[0-9]$/.test(event.key) && this.digitsToggle) {
      if (event.key === "0") this.none()
      else if (!event.repeat) this.toggle(Number(event.key) - 1)
    } else if (event.key === " " && this.walking) this.toggle(this.active)
    else if (event.key === "Enter") this.enter(event)
    else if (event.key === "Escape") this.close()
    else return
    event.preventDefault()
  }

  /** Takes what was looked for; with nothing typed it saves the set. */
  enter(event) {
    if (event.repeat) return
    if (this.input.value.trim()) this.toggle(this.active)
    else this.save()
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
