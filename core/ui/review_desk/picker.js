// Choosing any label of the dataset by typing part of its name: a combobox over up to 10,000 classes.

const SHOWN_LABELS = 50

class LabelPicker {
  constructor(kind, onChoose) {
    this.kind = kind
    this.labels = []
    this.folded = []
    this.likely = []
    this.found = []
    this.active = 0
    this.onChoose = onChoose
    this.counted = (n) => tn("{n} label", "{n} labels", n, { n: figure(n) })
    this.nothing = t("No label has that in its name.")
    this.input = el("input", {
      type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: t("Type to find a label"),
      "aria-label": t("Find a label"), "aria-expanded": "true", "aria-controls": "labels-found", "aria-autocomplete": "list",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
    })
    this.list = el("ul", { id: "labels-found", role: "listbox", "aria-label": t("Labels") })
    this.count = el("span", { class: "quiet" })
    this.unfit = el("p", { class: "quiet unfit" }, t("None of these: Escape, then X leaves the row out of the next version."))
    this.root = el("div", { class: "picker", role: "dialog", "aria-label": t("Choose another label"), hidden: true },
      el("div", { class: "picker-top" }, this.input, this.count), this.list, this.unfit)
  }

  setLabels(labels) {
    this.labels = labels
    this.folded = labels.map((label) => this.kind.called(label).toLocaleLowerCase())
    this.codes = labels.map((label) => label.toLocaleLowerCase())
  }

  get isOpen() {
    return !this.root.hidden
  }

  /** Opens with the labels that the model finds likely on top. */
  open(item, returnFocus) {
    this.likely = this.likelyOf(item)
    this.returnFocus = returnFocus
    this.root.hidden = false
    this.input.value = ""
    this.search()
    this.input.focus()
  }

  likelyOf(item) {
    return item.bars.map(([label]) => label)
  }

  typed() {
    this.search()
  }

  close() {
    if (!this.isOpen) return
    this.root.hidden = true
    this.returnFocus?.focus({ preventScroll: true })
  }

  /** Exact match first, then beginnings, then the middle of names; each in the labels' own order. Of a class with a name,
   *  the class as it is stored finds it too. */
  search() {
    const wanted = this.input.value.trim().toLocaleLowerCase()
    const ranked = [[], [], []]
    if (wanted === "") {
      ranked[0] = this.likely
      const likely = new Set(this.likely)
      ranked[1] = this.labels.filter((label) => !likely.has(label))
    } else {
      this.folded.forEach((name, index) => {
        const code = this.codes[index]
        const at = Math.max(name.indexOf(wanted), code === wanted ? 0 : -1)
        if (at >= 0) ranked[name === wanted || code === wanted ? 0 : at === 0 ? 1 : 2].push(this.labels[index])
      })
    }
    const all = ranked.flat()
    this.found = all.slice(0, SHOWN_LABELS)
    this.active = 0
    this.count.textContent = all.length > SHOWN_LABELS
      ? t("first {n} of {all}", { n: SHOWN_LABELS, all: figure(all.length) }) : this.counted(all.length)
    this.draw()
  }

  draw() {
    this.list.replaceChildren(...this.found.map((label, index) => this.option(label, index)))
    if (!this.found.length) this.list.append(el("li", { class: "quiet", role: "presentation" }, this.nothing))
    this.mark()
  }

  option(label, index) {
    return el("li", {
      role: "option", id: `label-${index}`, "aria-selected": String(index === this.active), dir: "auto",
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => this.choose(index),
    }, ...this.described(label))
  }

  /** A class with the code that it is stored under, where that is another, and with what belongs in it. */
  described(label) {
    const name = this.kind.called(label)
    const guide = this.kind.guidelines[label]
    return [el("span", { class: "name", dir: "auto" }, name), name === label ? null : el("span", { class: "code quiet" }, label),
      guide ? el("span", { class: "guide quiet", dir: "auto" }, guide) : null].filter(Boolean)
  }

  mark() {
    Array.from(this.list.children).forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)))
    this.input.setAttribute("aria-activedescendant", this.found.length ? `label-${this.active}` : "")
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" })
  }

  choose(index) {
    const label = this.found[index]
    if (label === undefined) return
    this.close()
    this.onChoose(label)
  }

  key(event) {
    event.stopPropagation()
    const last = this.found.length - 1
    const moves = { ArrowDown: Math.min(last, this.active + 1), ArrowUp: Math.max(0, this.active - 1) }
    if (event.key in moves) {
      this.active = moves[event.key]
      this.mark()
    } else if (event.key === "Enter") this.choose(this.active)
    else if (event.key === "Escape" || event.key === "Tab") this.close()
    else return
    event.preventDefault()
  }
}
