// The language of the document, for whoever has it read aloud, and the choice for the next visit; and what Streamlit's
// own scripts say, which is English whatever the page is in, in the language of the page.

const KEPT_SECONDS = 365 * 86_400
/** Where Streamlit says something that people see. Everything else on a page is ours. */
const ITS_OWN = [
  ...["stSkipToContent", "stFileUploader", "stMainMenuPopover", "stElementToolbar", "stStatusWidget", "stTooltipContent", "stTopNavSection"]
    .map((name) => `[data-testid="${name}"]`),
  "[data-live-announcer]",
].join(", ")
const LABELS = ["aria-label", "title", "placeholder", "alt"]

const words = () => new Map([
  ["Skip to main content", t("Skip to main content")],
  ["Navigate to home page", t("Navigate to home page")], ["Logo", t("Logo")], ["App pages", t("App pages")],
  ["Sidebar", t("Sidebar")], ["Expand sidebar", t("Expand sidebar")], ["Collapse sidebar", t("Collapse sidebar")],
  ["Fullscreen", t("Fullscreen")], ["Close fullscreen", t("Close fullscreen")], ["Help", t("Help")],
  ["Open", t("Open")], ["Close", t("Close")], ["Clear value", t("Clear value")], ["Clear all", t("Clear all")],
  ["Dismiss", t("Dismiss")], ["Previous page", t("Previous page")], ["Next page", t("Next page")],
  ["Show password text", t("Show password text")], ["Hide password text", t("Hide password text")],
  ["Choose an option", t("Choose an option")], ["Pagination", t("Pagination")],
  ["Increment", t("Increment")], ["Decrement", t("Decrement")], ["file upload", t("file upload")],
  ["Upload", t("Upload")], ["Add files", t("Add files")], ["Upload directories", t("Upload directories")],
  ["Drag and drop a file here", t("Drag and drop a file here")], ["Drag and drop files here", t("Drag and drop files here")],
  ["Drag and drop directories here", t("Drag and drop directories here")],
  ["Main menu", t("Main menu")], ["Theme", t("Theme")], ["System", t("System")], ["Light", t("Light")], ["Dark", t("Dark")],
  ["About", t("About")], ["Made with Streamlit v", t("Made with Streamlit v")], ["Print", t("Print")], ["Rerun", t("Rerun")], ["Clear cache", t("Clear cache")],
  ["Record a screencast", t("Record a screencast")], ["Copy version to clipboard", t("Copy version to clipboard")],
  ["Search", t("Search")], ["Show/hide columns", t("Show/hide columns")], ["Clear selection", t("Clear selection")],
  ["Running...", t("Running...")], ["Stop", t("Stop")], ["Stop script", t("Stop script")],
])
const shapes = () => [
  [/^(.+) per file$/, (size) => t("{size} per file", { size })],
  [/^(.+) files are not allowed\.$/, (kind) => t("{kind} files are not allowed.", { kind })],
  [/^Upload (.+)$/, (name) => t("Upload {name}", { name })],
  [/^Help for (.+)$/, (name) => t("Help for {name}", { name })],
  [/^Remove (.+)$/, (name) => t("Remove {name}", { name })],
  [/^Page (\d+)$/, (n) => t("Page {n}", { n })],
  [/^(\d+) more$/, (n) => t("{n} more", { n })],
  [/^(\d+) options? available\.$/, (n) => t("{n} options available.", { n })],
  [/^(.+), selected$/, (option) => t("{option}, selected", { option })],
]

/** Says them in the language of the page as they appear, and in English again once that is chosen. */
class ItsWords {
  constructor() {
    this.said = new Map()
    this.watching = new MutationObserver(() => this.look())
  }

  begin() {
    this.known = words()
    this.shapes = shapes()
    this.look()
    this.watching.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: LABELS })
  }

  end() {
    this.watching.disconnect()
    for (const [node, before] of this.said) for (const [name, text] of Object.entries(before)) put(node, name, text)
    this.said.clear()
  }

  look() {
    for (const node of this.said.keys()) if (!node.isConnected) this.said.delete(node)
    for (const name of LABELS) for (const one of document.querySelectorAll(`[${name}]`)) this.say(one, name)
    for (const root of document.querySelectorAll(ITS_OWN)) {
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      while (texts.nextNode()) this.say(texts.currentNode, "text")
    }
    this.watching.takeRecords()
  }

  say(node, name) {
    const text = name === "text" ? node.nodeValue : node.getAttribute(name)
    const other = this.inOther(text.trim())
    if (other === undefined || other === text) return
    this.said.set(node, { ...this.said.get(node), [name]: text })
    put(node, name, other)
    if (name === "aria-label") node.dataset.english = text
  }

  inOther(text) {
    const known = this.known.get(text)
    if (known !== undefined) return known
    for (const [shape, made] of this.shapes) {
      const found = shape.exec(text)
      if (found) return made(found[1])
    }
    const [first, ...rest] = text.split(": ")  // a table's tools say of which table they are
    const said = rest.length ? this.known.get(first) : undefined
    return said && t("{tool}: {of}", { tool: said, of: rest.join(": ") })
  }
}

function put(node, name, text) {
  if (name === "text") node.nodeValue = text
  else node.setAttribute(name, text)
}

let its = null

export default function ({ data }) {
  document.documentElement.lang = data.code
  if (data.chosen) document.cookie = `${data.cookie}=${data.language}; path=/; max-age=${KEPT_SECONDS}; samesite=lax`
  if (its?.language === data.language) return
  its?.end()
  its = null
  learn(data.words)
  if (!Object.keys(data.words).length) return
  its = new ItsWords()
  its.language = data.language
  its.begin()
}
