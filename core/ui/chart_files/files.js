// Saves a chart of the page as it is drawn: what Plotly has put into its SVG, with the styles that the page adds to it.

const COPIED = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity",
  "font-family", "font-size", "font-weight", "text-anchor", "visibility"]
const SCALE = 2

// One picture of all layers, on the page's own ground.
function picture(chart) {
  const layers = [...chart.querySelectorAll("svg.main-svg")]
  const box = layers[0].getBoundingClientRect()
  const whole = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  whole.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  whole.setAttribute("width", box.width)
  whole.setAttribute("height", box.height)
  whole.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`)
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect")
  ground.setAttribute("width", "100%")
  ground.setAttribute("height", "100%")
  ground.setAttribute("fill", groundOf(chart))
  whole.append(ground)
  for (const layer of layers) {
    const copy = layer.cloneNode(true)
    const drawn = layer.querySelectorAll("*")
    copy.querySelectorAll("*").forEach((node, place) => {
      const look = getComputedStyle(drawn[place])
      if (!["g", "path", "text", "tspan", "rect", "circle", "line", "use"].includes(node.localName)) return
      node.setAttribute("style", COPIED.map((name) => `${name}:${look.getPropertyValue(name)}`).join(";"))
      for (const name of ["class", "data-unformatted", "data-math", "data-notex"]) node.removeAttribute(name)
    })
    copy.querySelectorAll(".hoverlayer, .zoomlayer, .dragcover, .draglayer").forEach((node) => node.remove())
    for (const part of [...copy.childNodes]) whole.append(part)
  }
  return { text: new XMLSerializer().serializeToString(whole), width: box.width, height: box.height }
}

// Streamlit's own way from a key to the name of a class.
function classOf(key) {
  return key.trim().replaceAll(/[^a-zA-Z0-9_-]/g, "-")
}

function groundOf(node) {
  for (let one = node; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor
    if (colour && !/^(transparent|rgba\(.*, 0\))$/.test(colour)) return colour
  }
  return "white"
}

function save(blob, name) {
  const address = URL.createObjectURL(blob)
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

async function png(drawn) {
  const image = new Image()
  const address = URL.createObjectURL(new Blob([drawn.text], { type: "image/svg+xml" }))
  try {
    image.src = address
    await image.decode()
  } finally {
    URL.revokeObjectURL(address)
  }
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(drawn.width * SCALE)
  canvas.height = Math.round(drawn.height * SCALE)
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}

export default function ({ parentElement, data }) {
  learn(data.words)
  const host = parentElement.querySelector(".chart-files") ?? parentElement
  const said = parentElement.querySelector(".said")
  host.setAttribute("aria-label", t("Save the chart"))
  const act = async (kind) => {
    const chart = document.querySelector(`.st-key-${classOf(data.chart)} .js-plotly-plot`)
    if (!chart) {
      said.textContent = t("The chart is not on the page any more.")
      return
    }
    const drawn = picture(chart)
    const blob = kind === "svg" ? new Blob([drawn.text], { type: "image/svg+xml" }) : await png(drawn)
    save(blob, `${data.name}.${kind}`)
    said.textContent = t("Saved as {kind}.", { kind: kind.toUpperCase() })
  }
  host.querySelectorAll("button").forEach((button) => {
    button.onclick = () => act(button.dataset.kind)
    button.disabled = false
  })
}
