// What a label is on the desk: one class, several at once, or a number. The server's texts are taken apart here and never put
// together: a set goes out as a list of its classes.

class Labels {
  constructor(several, numeric = false) {
    this.several = several
    this.numeric = numeric
    /** Every class that can be chosen, in the dataset's own order. */
    this.known = []
    /** Whether digits may mean the likeliest classes of a row: where it is not seen which these are, they may not. */
    this.byLikelihood = true
    this.names = {}
    this.guidelines = {}
  }

  /** What the server tells of the classes: all of them, what people call them, and what belongs in each. */
  learn({ labels, names, guidelines }) {
    this.names = names ?? {}
    this.guidelines = guidelines ?? {}
    return labels
  }

  /** A class as people call it: what is stored and sent stays the class. */
  called(name) {
    return this.names[name] ?? name
  }

  /** What belongs in these classes, by name, of those of which somebody wrote it down. */
  guides(names) {
    return [...new Set(names)].filter((name) => this.guidelines[name]).map((name) => [this.called(name), this.guidelines[name]])
  }

  /** Digit → class for a row. Several at once are chosen in their editor, which has digits of its own. */
  digits(item) {
    if (this.several || !item || !this.known.length) return new Map()
    return digitsOf(this.known, this.byLikelihood ? item.bars.map(([label]) => label) : [])
  }

  /** The classes of a label as the server has it, or of a list that was chosen here. */
  classesOf(label) {
    if (Array.isArray(label)) return label
    if (label === null || label === "") return []
    return this.several ? JSON.parse(label) : [label]
  }

  words(label) {
    if (label === null) return t("no label")
    return this.classesOf(label).map((name) => this.called(name)).join(", ") || (this.several ? t("none") : "")
  }

  same(one, other) {
    if ((one === null) !== (other === null)) return false // no label is not the label of no class
    if (this.numeric && one !== null) return Number(one) === Number(other)
    const { added, removed } = this.change(one, other)
    return !added.length && !removed.length
  }

  change(before, after) {
    const [had, has] = [this.classesOf(before), this.classesOf(after)]
    return {
      kept: had.filter((name) => has.includes(name)),
      added: has.filter((name) => !had.includes(name)),
      removed: had.filter((name) => !has.includes(name)),
    }
  }

  /** `changed to sport`; of several classes `added corn, removed wheat`. */
  changeText(before, after) {
    const { added, removed } = this.change(before, after)
    const names = (classes) => listed(classes.map((name) => this.called(name)))
    const said = [added.length ? t("added {names}", { names: names(added) }) : "", removed.length ? t("removed {names}", { names: names(removed) }) : ""].filter(Boolean)
    return this.several && said.length ? said.join(t(", ")) : t("changed to {label}", { label: this.words(after) })
  }

  /** What was decided on a row of that label, in words. */
  decisionText(decision, label) {
    if (decision.action === "relabel") return this.changeText(label, decision.label)
    return { keep: t("kept as it is"), exclude: t("excluded"), unsure: t("left as unsure") }[decision.action] ?? decision.action
  }

  /** What a class is to a row: given, suggested, or of several what the suggestion does with it. */
  role(item, name) {
    if (!this.several) return name === item.label ? "given" : name === item.suggested ? "suggested" : ""
    const { added, removed } = this.change(item.label, item.suggested ?? item.label)
    if (added.includes(name)) return "+ add"
    if (removed.includes(name)) return "− remove"
    return this.classesOf(item.label).includes(name) ? "given" : ""
  }

  /** A row's labels for a screen reader. */
  spoken(item) {
    const given = this.words(item.label)
    if (item.suggested === null) return t("Given {given}", { given })
    if (!this.several) return t("Given {given}, suggested {label}", { given, label: this.words(item.suggested) })
    const { added, removed } = this.change(item.label, item.suggested)
    const names = (classes) => listed(classes.map((name) => this.called(name)))
    const said = [added.length ? t("to add {names}", { names: names(added) }) : "", removed.length ? t("to remove {names}", { names: names(removed) }) : ""].filter(Boolean)
    return said.length ? t("Given {given}, suggested {change}", { given, change: said.join(t(" and ")) }) : t("Given {given}, suggested the same", { given })
  }

  /** A label as chips; beside another label, with what that adds and removes by sign and by word. */
  chips(label, after = label, words = [t("add"), t("remove")]) {
    const { kept, added, removed } = this.change(label, after)
    const chip = (name, kind, sign, word) => el("span", { class: `chip ${kind}` },
      sign ? el("b", { "aria-hidden": "true" }, sign) : null,
      sign && !word ? el("span", { class: "for-screen-readers" }, kind === "added" ? `${t("add")} ` : `${t("remove")} `) : null,
      el("span", { class: "name", dir: "auto", title: this.guidelines[name] }, this.called(name)), word ? el("em", {}, word) : null)
    const made = [...kept.map((name) => chip(name, "")), ...added.map((name) => chip(name, "added", "+", words[0])),
      ...removed.map((name) => chip(name, "removed", "−", words[1]))]
    return el("span", { class: "chips" }, ...(made.length ? made : [el("span", { class: "quiet" }, label === null ? t("no label") : t("none of the classes"))]))
  }
}

/** `corn, grain and wheat` */
function listed(names) {
  const last = names[names.length - 1]
  return names.length > 1 ? t("{names} and {last}", { names: names.slice(0, -1).join(", "), last }) : last ?? ""
}

/** What a class is to a row, as it is shown. */
function roleText(role) {
  return { given: t("given"), suggested: t("suggested"), "+ add": t("+ add"), "− remove": t("− remove") }[role] ?? role
}
