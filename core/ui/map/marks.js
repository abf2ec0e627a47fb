// Colours and shapes of the groups: each code has both, so that no group is told by its colour alone.

const GROUPS = 12
const HUES = 7
const OTHERS = GROUPS
const NOTHING = GROUPS + 1
const PALETTE = ["#2f8fd0", "#d98e04", "#0fa37f", "#d9642b", "#5b7fd0", "#c46fa5", "#a39a10"]
/** Beyond the theme's hues, whose last one is a grey: at least 3:1 against both pages. */
const MORE = ["#8a63d2", "#a5673f", "#7d961a", "#d6336c", "#4f8f8b"]

/** The theme's colours as they are now: a page may turn dark under an open map. */
function coloursOf(host, bands) {
  const style = getComputedStyle(host)
  const list = (name) => style.getPropertyValue(name).split(",").map((one) => one.trim()).filter(Boolean)
  const grey = style.getPropertyValue("--st-gray-color").trim() || "#7d8590"
  const categories = list("--st-chart-categorical-colors")
  const hues = [...(categories.length >= HUES ? categories.slice(0, HUES) : PALETTE), ...MORE]
  const steps = list("--st-chart-sequential-colors")
  const shades = steps.length >= 10 ? [2, 4, 6, 8, 9].map((at) => steps[at]) : ["#94c5d1", "#6dafc0", "#4798ad", "#288198", "#0f6b80"]
  const groups = Array.from({ length: GROUPS }, (_, code) => (bands ? shades[Math.min(code, shades.length - 1)] : hues[code]))
  return [...groups, grey, grey]
}

/** Draws one mark; bands of a number are discs that grow with it. */
function mark(pen, code, x, y, size, bands) {
  pen.beginPath()
  if (code === OTHERS) pen.arc(x, y, size * 0.55, 0, 7)
  else if (code === NOTHING) pen.arc(x, y, size * 0.8, 0, 7)
  else if (bands) pen.arc(x, y, size * (0.55 + 0.16 * code), 0, 7)
  else SHAPES[code % SHAPES.length](pen, x, y, size)
  if (code === NOTHING || (!bands && LINES.has(code % SHAPES.length))) pen.stroke()
  else pen.fill()
}

function polygon(pen, x, y, corners) {
  corners.forEach(([dx, dy], at) => (at ? pen.lineTo(x + dx, y + dy) : pen.moveTo(x + dx, y + dy)))
  pen.closePath()
}

const SHAPES = [
  (pen, x, y, r) => pen.arc(x, y, r, 0, 7),
  (pen, x, y, r) => pen.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r),
  (pen, x, y, r) => polygon(pen, x, y, [[0, -1.2 * r], [1.1 * r, 0.8 * r], [-1.1 * r, 0.8 * r]]),
  (pen, x, y, r) => polygon(pen, x, y, [[0, -1.3 * r], [1.1 * r, 0], [0, 1.3 * r], [-1.1 * r, 0]]),
  (pen, x, y, r) => polygon(pen, x, y, [[0, 1.2 * r], [1.1 * r, -0.8 * r], [-1.1 * r, -0.8 * r]]),
  (pen, x, y, r) => { pen.moveTo(x - 1.2 * r, y); pen.lineTo(x + 1.2 * r, y); pen.moveTo(x, y - 1.2 * r); pen.lineTo(x, y + 1.2 * r) },
  (pen, x, y, r) => { pen.moveTo(x - r, y - r); pen.lineTo(x + r, y + r); pen.moveTo(x - r, y + r); pen.lineTo(x + r, y - r) },
  (pen, x, y, r) => pen.rect(x - 1.3 * r, y - 0.5 * r, 2.6 * r, r),
]

/** Those that are lines. */
const LINES = new Set([5, 6])

/** A mark for the legend. */
function markPicture(code, colours, bands) {
  const canvas = el("canvas", { width: 32, height: 32, "aria-hidden": "true" })
  const pen = canvas.getContext("2d")
  pen.scale(2, 2)
  pen.fillStyle = pen.strokeStyle = colours[code]
  pen.lineWidth = 1.8
  mark(pen, code, 8, 8, 5, bands)
  return canvas
}
