// What every part needs. All text enters the page as text nodes.

/** Makes an element; `on…` properties become listeners, null and false ones are left out. */
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? "" : String(value))
  }
  node.append(...children.filter((child) => child !== null && child !== undefined))
  return node
}

const ON_A_MAC = /mac/i.test(navigator.platform)

/** `Ctrl` as the keyboard at hand writes it. */
function keyName(name) {
  return name === "Ctrl" && ON_A_MAC ? "⌘" : name
}

function isTyping(target) {
  return target instanceof Element && (target.matches("input, textarea, select, [role=textbox]") || target.isContentEditable)
}

/** A letter as it is written, or, on layouts without Latin letters, the one in its place. */
function letterOf(event) {
  const place = /^Key([A-Z])$/.exec(event.code ?? "")
  return event.key > "~" && place ? place[1].toLowerCase() : event.key.toLowerCase()
}

/** A question mark of any script; where a layout has none, the key that has it on most. */
function isQuestion(event) {
  if (["?", "؟", "？", "՞"].includes(event.key)) return true
  return event.code === "Slash" && event.shiftKey && event.key > "~"
}

function isSeen(node) {
  return node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
}
