// One for the document, however often a page is drawn: it takes the newest data and the newest way to the server.

const HOST = "winnow-keyboard"
const COLOURS = ["primary-color", "text-color", "background-color", "secondary-background-color", "border-color", "font", "base-radius", "button-radius"]

class Keyboard {
  constructor() {
    this.skip = new SkipLink()
    this.keys = new KeysDialog()
    this.palette = new Palette((go) => this.go(go))
    this.host = el("div", { id: HOST })
    this.host.attachShadow({ mode: "open" }).append(el("style", {}, STYLE), this.skip.root, this.keys.root, this.palette.root)
    this.host.keyboard = this
    document.body.prepend(this.host)
    this.gone = new AbortController()
    const { signal } = this.gone
    this.outcomes = new Outcomes(signal)
    window.addEventListener("keydown", (event) => this.key(event), { capture: true, signal })
    window.addEventListener("pagehide", () => spreadTheme(this.data.pages), { signal })
    this.observer = new MutationObserver(() => this.look())
    this.observer.observe(document.getElementById("root") ?? document.body, { childList: true, subtree: true })
  }

  /** Makes room for one in another language. */
  remove() {
    this.gone.abort()
    this.observer.disconnect()
    this.place?.querySelector(".buttons")?.remove()
    this.host.remove()
  }

  /** Looks for the list once the page has been changed, not at each of a hundred changes. */
  look() {
    if (this.waiting) return
    this.waiting = setTimeout(() => {
      this.waiting = null
      this.skip.update()
      this.outcomes.update()
    }, 100)
  }

  receive(data, place, send) {
    this.data = data
    this.place = place
    this.send = send
    this.skip.update(data.lists)
    this.takeColours()
    spreadTheme(data.pages)
    if (!place.querySelector(".buttons")) place.append(this.buttons())
  }

  /** The theme's colours, which Streamlit gives to the component and not to the document. */
  takeColours() {
    const own = getComputedStyle(this.place instanceof ShadowRoot ? this.place.host : this.place)
    for (const name of COLOURS) this.host.style.setProperty(`--st-${name}`, own.getPropertyValue(`--st-${name}`))
    const app = document.querySelector(".stApp")
    if (app) this.host.style.colorScheme = getComputedStyle(app).colorScheme
  }

  buttons() {
    const names = ["Ctrl", "K"].map(keyName)
    return el("div", { class: "buttons" },
      el("button", { type: "button", class: "plain go", "aria-keyshortcuts": ON_A_MAC ? "Meta+K" : "Control+K", title: t("Go to a page, dataset, version, run or row"),
        onclick: () => this.openPalette() }, el("span", {}, t("Go to…")), el("kbd", {}, names.join(" "))),
      el("button", { type: "button", class: "plain", "aria-keyshortcuts": "?", title: t("All keys that work on this page"),
        onclick: () => this.openKeys() }, el("span", {}, t("Keys")), el("kbd", {}, "?")))
  }

  openPalette() {
    this.takeColours()
    this.keys.close()
    this.palette.show(this.data)
  }

  openKeys() {
    this.takeColours()
    this.keys.show(this.data.sections)
  }

  key(event) {
    const open = [this.keys, this.palette].find((one) => one.isOpen)
    if (open) {
      // A click beside everything leaves the dialog open without the focus: no key goes past it then either.
      if (!event.composedPath().includes(open.root)) event.stopImmediatePropagation()
      return
    }
    if (event.defaultPrevented || event.repeat || event.altKey && !isQuestion(event) || isTyping(event.composedPath()[0])) return
    const command = ON_A_MAC ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
    if (command && !event.shiftKey && letterOf(event) === "k") this.openPalette()
    else if (!event.ctrlKey && !event.metaKey && isQuestion(event)) this.openKeys()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  go(place) {
    this.send("go", place)
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  learn(data.words)
  let keyboard = document.getElementById(HOST)?.keyboard
  if (keyboard?.language !== data.language) {
    keyboard?.remove()
    keyboard = new Keyboard()
    keyboard.language = data.language
  }
  keyboard.receive(data, parentElement, setTriggerValue)
}
