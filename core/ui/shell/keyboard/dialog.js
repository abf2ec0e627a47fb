// A modal dialog of the browser's own: it keeps the focus, closes on Escape and gives the focus back. No key that is
// pressed in it reaches the page beneath.

class Dialog {
  constructor(properties, ...children) {
    this.root = el("dialog", { tabindex: "-1", ...properties,
      onclick: (event) => event.target === this.root && this.close(),
      onclose: () => this.closed() }, ...children)
    for (const kind of ["keydown", "keypress", "keyup"]) {
      this.root.addEventListener(kind, (event) => event.stopPropagation())
    }
  }

  get isOpen() {
    return this.root.open
  }

  open() {
    if (this.isOpen) return
    this.before = focused()
    this.root.showModal()
  }

  close() {
    if (this.isOpen) this.root.close()
  }

  closed() {
    if (this.before?.isConnected) this.before.focus({ preventScroll: true })
  }
}

/** The element with the focus, inside shadow roots too. */
function focused() {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  return node
}
