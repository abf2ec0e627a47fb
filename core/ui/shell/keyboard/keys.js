// All keys that work on the page that is open. A part of a page that has keys of its own answers the event
// `winnow-keys` by adding to its list: { title, keys: [[["K"], "Keep"], …] }.

class KeysDialog extends Dialog {
  constructor() {
    const list = el("div", { class: "sections", tabindex: "0", role: "group", "aria-label": t("Keys by where they work") })
    const close = el("button", { type: "button", class: "plain", onclick: () => this.close() }, t("Close"), el("kbd", {}, "Esc"))
    super({ class: "keys", "aria-labelledby": "keys-title" },
      el("div", { class: "top" }, el("h2", { id: "keys-title" }, t("Keys")), close), list)
    this.list = list
  }

  show(sections) {
    const found = []
    document.dispatchEvent(new CustomEvent("winnow-keys", { detail: found }))
    const here = sections.filter(({ where }) => !where || [...document.querySelectorAll(where)].some(isSeen))
    this.list.replaceChildren(...[...found, ...here].map((section) => this.section(section)))
    this.list.scrollTop = 0
    this.open()
    this.list.focus()
  }

  section({ title, keys }) {
    const line = ([names, does]) => el("div", { class: "line" },
      el("dt", {}, ...names.map((name) => el("kbd", {}, keyName(name)))), el("dd", {}, does))
    return el("section", {}, el("h3", {}, title), el("dl", {}, ...keys.map(line)))
  }
}
