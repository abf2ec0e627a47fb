// Copies the link; says so in words, for the eye and for screen readers.

const SAID_MS = 2_500

export default function ({ data, parentElement }) {
  learn(data.words)
  const button = parentElement.querySelector("button") ?? built(parentElement)
  const [said, field] = [parentElement.querySelector("[role=status]"), parentElement.querySelector("input")]
  button.querySelector("b").textContent = data.label
  button.title = data.title || data.label
  field.value = data.address
  button.onclick = async () => {
    const copied = await toClipboard(data.address, field)
    said.textContent = copied ? t("Copied") : t("Press Ctrl+C to copy")
    if (copied) setTimeout(() => { said.textContent = "" }, SAID_MS)
  }
}

function built(host) {
  const root = document.createElement("div")
  root.className = "copy"
  const button = document.createElement("button")
  button.type = "button"
  button.append(document.createElement("b"))
  const field = document.createElement("input")
  field.readOnly = true
  field.hidden = true
  field.setAttribute("aria-label", t("The link"))
  const said = document.createElement("span")
  said.setAttribute("role", "status")
  root.append(button, field, said)
  host.append(root)
  return button
}

async function toClipboard(address, field) {
  try {
    await navigator.clipboard.writeText(address)
    return true
  } catch {
    // Pages that came over plain http from another machine have no clipboard; the older way may still work.
    field.hidden = false
    field.focus()
    field.select()
    let copied = false
    try { copied = document.execCommand("copy") } catch { copied = false }
    if (copied) field.hidden = true
    return copied
  }
}
