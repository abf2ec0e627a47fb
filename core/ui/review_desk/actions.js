// What a reviewer can do, once: keys, buttons and the grid's toolbar derive from this list.
// `c` and `r` belong to Streamlit (clear cache, rerun).

const knownActions = () => [
  { id: "keep", key: "k", label: t("Keep"), hint: t("The given label is right") },
  { id: "suggestion", key: "s", label: t("Take suggestion"), hint: t("Change to the suggested label") },
  { id: "choose", key: "l", label: t("Other label…"), hint: t("Choose another label"),
    several: { label: t("Edit classes…"), hint: t("Add classes, take some off, or say that none applies") },
    numeric: { label: t("Other number…"), hint: t("Give another number: this key, or its first digit") } },
  { id: "group", key: "g", label: t("Keep one of group"), hint: t("Leave all copies of this group out, but the one that stands for it") },
  { id: "exclude", key: "x", label: t("Exclude"), hint: t("Leave the row out of the next version"),
    chosen: { hint: t("None of the classes fits, or the row is of no use: leave it out of the next version") } },
  { id: "unsure", key: "u", label: t("Unsure"), hint: t("Decide later, or let another decide") },
  { id: "note", key: "m", label: t("Note…"), hint: t("Say why, in a few words: kept with your verdict"), plain: true },
  { id: "tag", key: "t", label: t("Tag…"), hint: t("Put a tag on, or take it off; the one used last comes first"), plain: true },
  { id: "undo", key: "z", label: t("Undo"), hint: t("Take back your last decision or tag"), plain: true },
  { id: "previous", key: "p", alias: "ArrowLeft", label: t("Previous"), hint: t("Go back without deciding"), plain: true },
  { id: "next", key: "n", alias: "ArrowRight", label: t("Next"), hint: t("Go on without deciding"), plain: true },
]

const KEY_NAMES = { ArrowLeft: "←", ArrowRight: "→" }

/** The toolbar: every action as a button that says its key. */
function actionBar(perform, actions) {
  const button = (action) => el("button", {
    type: "button", class: action.plain ? "plain" : "act", title: action.hint, "data-action": action.id,
    "aria-keyshortcuts": [action.key, action.alias].filter(Boolean).join(" "),
    onclick: (event) => perform(action.id, event),
  }, el("span", {}, action.label), el("kbd", {}, action.key.toUpperCase()),
  action.alias ? el("kbd", {}, KEY_NAMES[action.alias]) : null)
  const bar = el("div", { class: "actions", role: "toolbar", "aria-label": t("Decide"),
    onkeydown: (event) => walk(bar, event), onfocusin: (event) => rove(bar, event.target) },
    el("div", { class: "group" }, ...actions.filter((action) => !action.plain).map(button)),
    el("div", { class: "group" }, ...actions.filter((action) => action.plain).map(button)))
  rove(bar, bar.querySelector("button"))
  return bar
}

/** The tab key stops at one button of a toolbar: the one that had the focus last. */
function rove(bar, chosen) {
  for (const button of bar.querySelectorAll("button")) button.tabIndex = button === chosen ? 0 : -1
}

/** Arrow keys, Home and End move the focus from button to button; elsewhere on the desk they keep their meaning. */
function walk(bar, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  const buttons = [...bar.querySelectorAll("button")]
  const at = buttons.indexOf(event.target)
  const places = { ArrowRight: at + 1, ArrowLeft: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }
  if (at < 0 || !(event.key in places)) return
  buttons[places[event.key] % buttons.length].focus()
  event.preventDefault()
  event.stopPropagation()
}

/** What a queue's rows can be given, one class, several or numbers: its own acts in its order, then those that decide nothing. */
function actionsOf(ids, several, numeric) {
  const kind = several ? "several" : numeric ? "numeric" : ids.includes("choose") ? "chosen" : ""
  const known = knownActions().map((action) => ({ ...action, ...action[kind] }))
  return [...ids.map((id) => known.find((action) => action.id === id)).filter(Boolean), ...known.filter((action) => action.plain)]
}

/** The action that a key press means, or null: never while typing, with a modifier, or for a held-down decision key. */
function actionOfKey(event, actions) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null
  if (isTyping(event.composedPath()[0])) return null
  const pressed = keyOf(event)
  const action = actions.find(({ key, alias }) => key === pressed || alias === pressed)
  return action && !(event.repeat && action.id !== "next" && action.id !== "previous") ? action.id : null
}

/** What the dialog of all keys lists of these actions, and of the digits that choose a class. */
function tellActions(actions, digits) {
  const keys = actions.map(({ key, alias, hint }) => [[key.toUpperCase(), alias && KEY_NAMES[alias]].filter(Boolean), hint])
  return digits.length > 1 ? [...keys, [[digits[0], "…", digits[digits.length - 1]], t("Choose the class that has the digit")]] : keys
}

/** What a key means: its letter where that is one of a to z, else, on layouts without these, the letter in its place. */
function keyOf(event) {
  if (event.key.length !== 1) return event.key
  const place = /^Key([A-Z])$/.exec(event.code ?? "")
  return event.key > "~" && place ? place[1].toLowerCase() : event.key.toLowerCase()
}

/** The digit of a key, or null. Where the row of digits has other signs without Shift, it is digits here nonetheless. */
function digitOf(event) {
  if (/^[0-9]$/.test(event.key)) return event.key
  return event.shiftKey ? null : /^(?:Digit|Numpad)([0-9])$/.exec(event.code ?? "")?.[1] ?? null
}

/** Digit → class. Classes that are called by a digit have that; up to nine have their places, which never change;
 * of more, the likeliest of the row do. */
function digitsOf(labels, likely) {
  const named = labels.filter((label) => /^[0-9]$/.test(label))
  if (named.length) return new Map(named.map((label) => [label, label]))
  return new Map((labels.length <= 9 ? labels : likely).slice(0, 9).map((label, place) => [String(place + 1), label]))
}

function isTyping(target) {
  if (!(target instanceof Element)) return false
  return target.matches("input:not([type=checkbox]), textarea, select, [role=combobox], [role=slider], [role=tab], [role=grid] *") || target.isContentEditable
}
