// Small things that every part of the desk needs. Text from the dataset enters the page as text nodes only.

/** Makes an element; `on…` properties become listeners, false and null ones are left out. */
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

/** A random key of 128 bits. `crypto.randomUUID` is missing on plain http from another host. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function percent(share) {
  const value = share * 100
  return value > 0 && value < 1 ? "<1 %" : `${Math.round(value)} %`
}

function figure(count) {
  return count.toLocaleString("en-GB")
}

const ENLARGED = 4
const SEEN_AT_LEAST = 128

/** An image; a small one is scaled up smoothly and no more than eyes need: one blown up to the size of a page is harder
 * to name than its thumbnail. */
function picture(source, alt, className) {
  const image = el("img", { class: className, alt, draggable: "false" })
  image.addEventListener("load", () => {
    const longest = Math.max(image.naturalWidth, image.naturalHeight)
    image.classList.toggle("tiny", longest <= 96)
    image.style.setProperty("--cap", `${Math.max(SEEN_AT_LEAST, longest * ENLARGED)}px`)
  })
  image.src = source
  return image
}

let sounding = null

/** Plays from the beginning what is silent and silences what is playing; only one sound is heard at a time. */
function playOrStop(player) {
  const playing = !player.paused && !player.ended
  sounding?.pause()
  sounding = playing ? null : player
  if (playing) return player.pause()
  player.currentTime = 0
  player.play().catch(() => {}) // a file that the browser cannot play: its controls say so
}

/** A button that plays a sound, or stops it. */
function hearButton(address) {
  let player = null
  return el("button", { type: "button", class: "hear plain", "aria-label": t("Hear it"), title: t("Hear it"), onclick: (event) => {
    event.stopPropagation()
    playOrStop((player ??= new Audio(address)))
  } }, "▶")
}
