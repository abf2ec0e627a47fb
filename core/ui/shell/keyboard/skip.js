// A link at the very start of the document, seen while it has the focus: past the navigation and all that stands above
// what the page is opened for.

class SkipLink {
  constructor() {
    this.link = el("a", { href: "#stMain", class: "skip", onclick: (event) => this.go(event) })
    this.root = el("nav", { "aria-label": "Skip", hidden: true }, this.link)
  }

  /** Whether there is a list, a desk …: looked for whenever the page changes, and when the key is pressed. */
  update(lists) {
    this.lists = lists ?? this.lists ?? []
    const [selector, words] = this.lists.find(([one]) => document.querySelector(one)) ?? []
    this.selector = selector
    this.root.hidden = !selector
    if (words && this.link.textContent !== words) this.link.textContent = words
  }

  go(event) {
    event.preventDefault()
    const target = this.selector && document.querySelector(this.selector)
    if (!target) return
    const list = target.classList.contains("review") ? target : this.listAfter(target)
    list.scrollIntoView({ block: "start" })
    if (list.tabIndex < 0) list.tabIndex = -1
    list.focus({ preventScroll: true })
  }

  /** Under a bar of buttons the table itself, else what was named. */
  listAfter(target) {
    if (!/-bar$/.test([...target.classList].find((name) => name.startsWith("st-key-")) ?? "")) return target
    const after = [...document.querySelectorAll("[data-testid=stDataFrame]")]
      .find((table) => target.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING)
    return after?.querySelector("canvas[tabindex='0'], [tabindex='0']") ?? target
  }
}
