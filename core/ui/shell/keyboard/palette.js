// Going anywhere by typing: a combobox over pages, datasets, versions, runs and rows. What there is to go to is fetched
// when it is opened; what is typed is compared here.

const SHOWN_PLACES = 50
const DATASETS_FOR_A_ROW = 5

function kindWord(kind) {
  return { page: t("page"), version: t("version"), run: t("run"), dataset: t("dataset"), row: t("row") }[kind]
}

class Palette extends Dialog {
  constructor(onGo) {
    const input = el("input", {
      type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", autofocus: true,
      placeholder: t("Page, dataset, version, run or row number"),
      "aria-label": t("Go to a page, dataset, version, run or row"), "aria-expanded": "true", "aria-controls": "places",
      "aria-autocomplete": "list", oninput: () => this.search(), onkeydown: (event) => this.key(event),
    })
    const list = el("ul", { id: "places", role: "listbox", "aria-label": t("Places") })
    const count = el("p", { class: "count", role: "status" })
    super({ class: "palette", "aria-label": t("Go to") }, el("div", { class: "top" }, input), list,
      el("div", { class: "foot" }, count, el("p", { class: "how", "aria-hidden": "true" }, t("↑ ↓ choose, Enter goes, Esc closes"))))
    Object.assign(this, { input, list, count, onGo, found: [], active: 0, places: [], datasets: [] })
  }

  /** Opens with the pages; the rest joins them once the server has answered. */
  show({ pages, dataset, places }) {
    if (this.isOpen) return
    this.dataset = dataset
    this.pages = pages.map(({ page, title, about }) => ({ kind: "page", name: title, about, go: { page } }))
    this.places = this.pages
    this.datasets = []
    this.input.value = ""
    this.search()
    this.open()
    this.input.focus()
    this.fetchPlaces(places, dataset)
  }

  async fetchPlaces(address, dataset) {
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(dataset ? { dataset } : {})}`)
      if (!answer.ok) throw new Error(await answer.text())
      this.take(await answer.json(), dataset)
    } catch {
      this.count.textContent = t("Datasets, versions and runs could not be fetched. Next step: close this and try again.")
    }
  }

  take({ datasets, versions, runs }, dataset) {
    if (dataset !== this.dataset) return
    this.datasets = datasets
    this.places = [
      ...this.pages,
      ...versions.map(({ number, about }) => ({ kind: "version", name: t("version {number}", { number }), about: t("{about}, of {dataset}", { about, dataset }), go: { dataset, version: number } })),
      ...runs.map(({ number, title, done }) => ({ kind: "run", name: t("run {number}", { number }), about: title,
        go: { page: done ? "evaluation" : "training", dataset, run: number } })),
      ...datasets.map((name) => ({ kind: "dataset", name, about: name === dataset ? t("open now") : "", go: { dataset: name } })),
    ]
    const chosen = this.found[this.active]
    this.search()
    this.active = Math.max(0, this.found.indexOf(chosen))
    this.mark()
  }

  /** Every word that is typed must be somewhere; those whose name begins with it come first. */
  search() {
    const typed = this.input.value.trim().toLocaleLowerCase()
    const words = typed.split(/\s+/).filter(Boolean)
    const ranked = [[], [], []]
    for (const place of this.places) {
      const name = place.name.toLocaleLowerCase()
      const all = `${place.kind} ${kindWord(place.kind)} ${name} ${place.about.toLocaleLowerCase()}`
      if (words.every((word) => all.includes(word))) ranked[name === typed ? 0 : name.startsWith(typed) ? 1 : 2].push(place)
    }
    const all = [...this.rows(words), ...ranked.flat()]
    this.found = all.slice(0, SHOWN_PLACES)
    this.active = 0
    this.count.textContent = all.length > SHOWN_PLACES ? t("first {shown} of {all} places", { shown: SHOWN_PLACES, all: all.length.toLocaleString("en-GB") })
      : tn("{n} place", "{n} places", all.length)
    this.draw()
  }

  /** `12` and `row 12` are a row of the dataset that is open; with a part of another's name, of that. */
  rows(words) {
    const number = words.find((word) => /^\d{1,15}$/.test(word))
    if (number === undefined) return []
    const others = words.filter((word) => word !== number && word !== "row" && word !== t("row"))
    const of = others.length
      ? this.datasets.filter((name) => others.every((word) => name.toLocaleLowerCase().includes(word))).slice(0, DATASETS_FOR_A_ROW)
      : this.dataset ? [this.dataset] : []
    return of.map((dataset) => ({ kind: "row", name: t("row {number}", { number }), about: t("of {dataset}", { dataset }), go: { page: "data", dataset, row: number } }))
  }

  draw() {
    this.list.replaceChildren(...this.found.map(({ kind, name, about }, index) => el("li", {
      role: "option", id: `place-${index}`, onpointerdown: (event) => event.preventDefault(), onclick: () => this.choose(index),
    }, el("span", { class: "kind" }, kindWord(kind)), el("span", { class: "name", dir: "auto" }, name), el("span", { class: "about", dir: "auto" }, about))))
    this.list.hidden = !this.found.length
    this.input.setAttribute("aria-expanded", String(this.found.length > 0))
    if (!this.found.length) this.count.textContent = t("Nothing has that in its name.")
    this.mark()
  }

  mark() {
    Array.from(this.list.children).forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)))
    if (this.found.length) this.input.setAttribute("aria-activedescendant", `place-${this.active}`)
    else this.input.removeAttribute("aria-activedescendant")
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" })
  }

  choose(index) {
    const place = this.found[index]
    if (!place) return
    this.before = null
    this.close()
    this.onGo(place.go)
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    const count = this.found.length
    const moves = { ArrowDown: (this.active + 1) % count, ArrowUp: (this.active - 1 + count) % count,
      PageDown: Math.min(count - 1, this.active + 8), PageUp: Math.max(0, this.active - 8) }
    if (event.key in moves && count) {
      this.active = moves[event.key]
      this.mark()
    } else if (event.key === "Enter") {
      if (!event.repeat) this.choose(this.active)
    } else return
    event.preventDefault()
  }
}
