// What came of an act: where the button that did it has left the page, with its dialog, the focus goes to the line that
// says so, whose undo is the next stop.

const OUTCOMES = "[class*='st-key-'][class*='-outcome']"

class Outcomes {
  constructor(signal) {
    this.pressed = null
    for (const kind of ["keydown", "pointerdown"]) {
      window.addEventListener(kind, (event) => this.remember(event.target), { capture: true, signal })
    }
  }

  /** What a person did last, and what was said by then. A dialog that closes and a list that is drawn anew put the focus
   * somewhere too: that is nobody's wish. */
  remember(at) {
    this.pressed = { at, page: location.pathname, told: this.lines().map((line) => line.innerText) }
  }

  lines() {
    return [...document.querySelectorAll(OUTCOMES)]
  }

  /** Looked for whenever the page has changed. */
  update() {
    const { pressed } = this
    if (!pressed || pressed.at.isConnected || pressed.page !== location.pathname) return
    const line = this.lines().find((one) => !pressed.told.includes(one.innerText))
    if (!line || line === document.activeElement) return
    line.tabIndex = -1
    line.focus()
  }
}
