// Tags on rows: put on and taken off by one key; the one that was used last comes first, so that Enter gives it again.

const MAX_TAG = 40
const LAST_TAG = "winnow.tag"

class TagPicker extends LabelPicker {
  constructor(onChoose) {
    super({ called: (tag) => tag, guidelines: {} }, onChoose)
    this.items = []
    this.counted = (n) => tn("{n} tag", "{n} tags", n, { n: figure(n) })
    this.nothing = t("There is no tag yet: type one.")
    this.unfit.textContent = t("Enter puts the tag on, or takes it off where every row in hand has it.")
    this.list.id = "tags-found"
    this.list.setAttribute("aria-label", t("Tags"))
    this.root.setAttribute("aria-label", t("Put a tag on"))
    for (const [name, value] of Object.entries({ "aria-controls": "tags-found", "aria-label": t("Find a tag"), placeholder: t("Type a tag"), maxlength: MAX_TAG })) {
      this.input.setAttribute(name, value)
    }
  }

  /** The tags that the server knows of, and those that were put on here since. */
  know(tags) {
    this.setLabels([...new Set([...tags, ...this.labels])])
  }

  openFor(items, returnFocus) {
    this.items = items
    this.open(null, returnFocus)
  }

  likelyOf() {
    return [...new Set([lastTag(), ...this.items.flatMap((item) => item.tags ?? [])])].filter((tag) => this.labels.includes(tag))
  }

  get everywhere() {
    return (tag) => this.items.every((item) => (item.tags ?? []).includes(tag))
  }

  /** What is typed and is no tag yet can be made one. */
  search() {
    super.search()
    const typed = this.input.value.replaceAll(",", " ").trim().replace(/\s+/g, " ")
    if (!typed || this.folded.includes(typed.toLocaleLowerCase())) return
    this.found.push(typed)
    this.count.textContent = ""
    this.draw()
  }

  option(tag, index) {
    const option = super.option(tag, index)
    option.id = `tag-${index}`
    return option
  }

  mark() {
    super.mark()
    if (this.found.length) this.input.setAttribute("aria-activedescendant", `tag-${this.active}`)
  }

  described(tag) {
    const told = !this.labels.includes(tag) ? t("new tag") : this.everywhere(tag) ? t("take off") : ""
    return [el("span", { class: "name", dir: "auto" }, tag), told ? el("span", { class: "code quiet" }, told) : null].filter(Boolean)
  }
}

function lastTag() {
  try {
    return sessionStorage.getItem(LAST_TAG)
  } catch {
    return null
  }
}

/** Puts a tag on these rows, or takes it off where all of them have it: the acts that say so to the server. */
function tagActs(items, tag) {
  try {
    sessionStorage.setItem(LAST_TAG, tag)
  } catch {
    // Storage is full or forbidden: nothing comes first then.
  }
  const off = items.every((item) => (item.tags ?? []).includes(tag))
  const acts = items.map((item) => ({ key: randomKey(), action: off ? "untag" : "tag", example_id: item.example_id, tag, had: (item.tags ?? []).includes(tag) }))
  items.forEach((item, index) => applyTag(item, acts[index]))
  return acts
}

/** Takes such acts back. */
function tagUndos(acts) {
  return acts.map(({ key, example_id, tag, had }) => ({ key: randomKey(), action: "undo_tag", target: key, example_id, tag, had }))
}

/** Of one press the keys of its verdicts are remembered, or its acts on tags whole. */
function isTagPress(press) {
  return Boolean(press[0]?.key)
}

/** What was remembered to be taken back, without what the server has refused. */
function withoutKey(presses, key) {
  return presses.map((press) => press.filter((one) => (one.key ?? one) !== key)).filter((press) => press.length)
}

function isTagAct({ action }) {
  return action === "tag" || action === "untag" || action === "undo_tag"
}

/** What an act makes of a row's tags; `had`: whether the row had the tag before what is taken back. */
function applyTag(item, { action, tag, had }) {
  const others = (item.tags ?? []).filter((one) => one !== tag)
  item.tags = action === "tag" || (action === "undo_tag" && had) ? [...others, tag] : others
}

/** A row's tags as small words; null where it has none. */
function tagWords(item) {
  if (!item.tags?.length) return null
  return el("span", { class: "tags" }, el("span", { class: "for-screen-readers" }, t("Tags:")), ...item.tags.map((tag) => el("span", { class: "tag", dir: "auto" }, tag)))
}
