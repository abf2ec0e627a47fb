// Another number for a row: a box that opens with the key for it, or with the first digit that is typed.

const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i
const numberKeys = () => [[["0", "…", "9"], t("Type another number; Enter saves it, Esc leaves the label as it is")]]

/** The number that a text says, in digits with a point; null where it says none. */
function numberIn(text) {
  const found = NUMBER.test(text.trim()) ? Number(text) : NaN
  return Number.isFinite(found) ? found : null
}

/** Whether a key begins a number: a digit, a point or a minus. */
function beginsNumber(event) {
  return /^[0-9.-]$/.test(event.key) ? event.key : digitOf(event)
}

class NumberBox {
  constructor(kind, onChoose) {
    this.kind = kind
    this.onChoose = onChoose
    this.input = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", placeholder: t("Another number"),
      "aria-label": t("Another number"), "aria-describedby": "number-said", oninput: () => this.tell(""), onkeydown: (event) => this.key(event) })
    this.said = el("p", { class: "quiet", id: "number-said" })
    this.wrong = el("p", { class: "wrong", role: "alert", hidden: true })
    const button = (name, text, key, act, className) => el("button", { type: "button", class: className, "data-editor": name,
      onpointerdown: (event) => event.preventDefault(), onclick: act }, el("span", {}, text), el("kbd", {}, key))
    this.root = el("div", { class: "picker number-box", role: "dialog", "aria-label": t("Give another number"), hidden: true },
      el("div", { class: "picker-top" }, this.input, this.said), this.wrong,
      el("div", { class: "editor-buttons" }, button("Save", t("Save"), "Enter", () => this.save(), "act primary"),
        button("Cancel", t("Cancel"), "Esc", () => this.close(), "plain")))
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close()
    })
  }

  setLabels() {}

  get isOpen() {
    return !this.root.hidden
  }

  /** Opens with the number as it stands, selected, so that typing replaces it; or with what was typed already. Of several
   * rows there is no one number to begin with. */
  open(item, returnFocus, typed = "", rows = 1) {
    const decided = item.decision?.action === "relabel" ? item.decision.label : item.label
    this.returnFocus = returnFocus
    this.said.textContent = rows > 1 ? t("the same for {n} rows", { n: rows }) : t("given {given}", { given: this.kind.words(item.label) })
    this.tell("")
    this.root.hidden = false
    this.input.value = typed || (rows > 1 ? "" : decided ?? "")
    this.input.focus()
    if (!typed) this.input.select()
  }

  close() {
    if (!this.isOpen) return
    this.root.hidden = true
    this.returnFocus?.focus({ preventScroll: true })
  }

  tell(text) {
    this.wrong.hidden = !text
    this.wrong.textContent = text
    this.input.setAttribute("aria-invalid", String(Boolean(text)))
  }

  save() {
    const text = this.input.value.trim()
    if (numberIn(text) === null) return this.tell(text ? t("“{text}” is no number: write digits with a point, such as 3.5.", { text }) : t("Write a number, such as 3.5."))
    this.close()
    this.onChoose(String(numberIn(text)))
  }

  key(event) {
    event.stopPropagation()
    if (event.isComposing) return
    if (event.key === "Enter") {
      if (!event.repeat) this.save()
    } else if (event.key === "Escape") this.close()
    else return
    event.preventDefault()
  }
}
