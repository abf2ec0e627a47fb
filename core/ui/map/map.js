// The map: moved, zoomed and drawn on with mouse, finger or keyboard. What is in sight is asked for over HTTP; the page
// hears of an area that was drawn, and of a row that was clicked.

const REACH = 9
const REST_MS = 140
const ASK_MS = 90

class MapView {
  constructor(host) {
    this.host = host
    this.box = null
    this.only = null
    this.drawing = false
    this.line = null
    this.known = new Map()
    this.canvas = el("canvas", { tabindex: "0", role: "application", "aria-describedby": "map-keys map-status" })
    this.tip = el("div", { class: "tip", hidden: true })
    this.status = el("p", { class: "status", role: "status", id: "map-status" })
    this.legend = el("div", { class: "legend", role: "group" })
    this.bar = el("div", { class: "bar", role: "toolbar" })
    this.keys = el("span", { class: "for-screen-readers", id: "map-keys" })
    this.root = el("div", { class: "map" }, this.bar, el("div", { class: "frame" }, this.canvas, this.tip), this.keys, this.status, this.legend)
    this.listen()
    new ResizeObserver(() => this.fit()).observe(this.root)
  }

  /** What the page says: where to ask, which map it is, and the area in force. */
  take(data, say) {
    const other = this.data?.map !== data.map
    const again = other || this.data?.address !== data.address
    this.data = data
    this.say = say
    window.addEventListener("keydown", this.onKey, true)
    document.addEventListener("winnow-keys", this.onKeysAsked)
    if (again) {
      if (other) this.box = null
      this.only = null
      this.known.clear()
    }
    this.words()
    if (again) this.ask(0)
    this.paint()
  }

  words() {
    this.canvas.setAttribute("aria-label", t("Map of the rows. {about}", { about: this.data.about }))
    this.keys.textContent = t("Arrow keys move the map, plus and minus zoom, 0 shows all of it, Enter lists the rows in view.")
    this.legend.setAttribute("aria-label", t("Groups: a click shows one alone"))
    this.bar.setAttribute("aria-label", t("The map"))
    const button = (text, title, act, more = {}) => el("button", { type: "button", title, "aria-label": title, onclick: act, ...more }, text)
    this.pencil = button(t("Draw an area"), t("Draw an area: drag around the rows; also with Shift held"), () => this.toDraw(!this.drawing), { "aria-pressed": String(this.drawing) })
    this.bar.replaceChildren(
      this.pencil,
      button(t("Rows in view"), t("List the rows in view (Enter)"), () => this.takeView()),
      ...(this.data.corners ? [button(t("Lift the area"), t("Lift the area: list nothing"), () => this.say({ corners: [] }))] : []),
      el("span", { class: "gap" }),
      el("span", { class: "zoom" },
        button("+", t("Zoom in (+)"), () => this.zoom(0.5)),
        button("−", t("Zoom out (−)"), () => this.zoom(2)),
        button(t("All"), t("Show all of the map (0)"), () => this.whole())),
    )
  }

  toDraw(on) {
    this.drawing = on
    this.pencil.setAttribute("aria-pressed", String(on))
    this.canvas.classList.toggle("drawing", on)
  }

  /** The size of the canvas as it is on the page. */
  fit() {
    const width = Math.floor(this.root.clientWidth)
    if (!width) return
    const height = Math.round(Math.min(560, Math.max(320, width * 0.6)))
    const ratio = globalThis.devicePixelRatio || 1
    if (this.width === width && this.height === height && this.ratio === ratio) return
    const before = this.box && { x: (this.box[0] + this.box[2]) / 2, y: (this.box[1] + this.box[3]) / 2, high: this.box[3] - this.box[1] }
    Object.assign(this, { width, height, ratio })
    this.canvas.width = width * ratio
    this.canvas.height = height * ratio
    this.canvas.style.height = `${height}px`
    if (before) this.look(before.x, before.y, before.high)
    else if (this.data) this.ask(0)
    this.paint()
  }

  look(x, y, high) {
    const wide = (high * this.width) / this.height
    this.box = [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]
    this.hide()
    this.ask(ASK_MS)
    this.paint()
  }

  zoom(times, x = this.width / 2, y = this.height / 2) {
    if (!this.box) return
    const [mapX, mapY] = this.there(x, y)
    const high = Math.min(1e5, Math.max(1e-3, (this.box[3] - this.box[1]) * times))
    const wide = (high * this.width) / this.height
    this.look(mapX + wide * (0.5 - x / this.width), mapY + high * (y / this.height - 0.5), high)
  }

  move(right, up) {
    if (!this.box) return
    const [left, bottom, , top] = this.box
    const [wide, high] = [this.box[2] - left, top - bottom]
    this.look(left + wide * (0.5 + right), bottom + high * (0.5 + up), high)
  }

  whole() {
    this.box = null
    this.ask(0)
  }

  /** From the map to the canvas, in pixels of the page. */
  place(x, y) {
    const [left, bottom, right, top] = this.box
    return [((x - left) / (right - left)) * this.width, ((top - y) / (top - bottom)) * this.height]
  }

  there(x, y) {
    const [left, bottom, right, top] = this.box
    return [left + ((right - left) * x) / this.width, top - ((top - bottom) * y) / this.height]
  }

  /** Asks for what is in sight once nothing has moved for a moment. */
  ask(after) {
    clearTimeout(this.asking)
    this.asking = setTimeout(() => this.fetch(), after)
  }

  async fetch() {
    if (!this.width) return
    this.stop?.abort()
    this.stop = new AbortController()
    const asked = new URLSearchParams({ cells: `${Math.ceil(this.width / 4)},${Math.ceil(this.height / 4)}` })
    if (this.box) asked.set("box", this.box.map((one) => one.toPrecision(9)).join())
    if (this.only !== null) asked.set("only", this.only)
    this.root.setAttribute("aria-busy", "true")
    if (!this.sight) this.status.textContent = t("Drawing the map …")
    try {
      const answer = await fetch(`${this.data.address}/sight?${asked}`, { cache: "no-store", signal: this.stop.signal })
      if (!answer.ok) throw new Error(String(answer.status))
      this.sight = new Sight(await answer.json())
      this.box ??= this.sight.box
      this.tell()
      this.paint()
    } catch (error) {
      if (error.name === "AbortError") return
      this.status.textContent = t("The map cannot be drawn: the server has no answer. Reload the page.")
    }
    this.root.removeAttribute("aria-busy")
  }

  tell() {
    const { total, all, density } = this.sight
    const values = { n: figure(total), all: figure(all), sample: figure(this.sight.x.length) }
    this.status.textContent = density
      ? t("{n} of {all} rows in view: shade tells how many lie together, {sample} of them are drawn. Zoom in for every row.", values)
      : t("{n} of {all} rows in view, each of them drawn.", values)
    this.legendOf()
  }

  legendOf() {
    const colours = coloursOf(this.host, this.sight.bands)
    const focused = this.legend.contains(this.focused()) ? this.focused().dataset.code : null
    this.legend.replaceChildren(...this.sight.groups.map(({ code, name, rows }) => el("button", {
      type: "button", "data-code": code, "aria-pressed": String(this.only === code), title: t("Show these alone, or all again"),
      onclick: () => {
        this.only = this.only === code ? null : code
        this.ask(0)
      },
    }, markPicture(code, colours, this.sight.bands), el("bdi", {}, name), el("span", { class: "quiet" }, figure(rows)))))
    if (focused !== null) this.legend.querySelector(`[data-code="${focused}"]`)?.focus()
  }

  focused() {
    return this.root.getRootNode().activeElement
  }

  paint() {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.draw())
  }

  draw() {
    if (!this.sight || !this.box || !this.width) return
    const pen = this.canvas.getContext("2d")
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    pen.clearRect(0, 0, this.width, this.height)
    const place = (x, y) => this.place(x, y)
    this.sight.draw(pen, place, coloursOf(this.host, this.sight.bands))
    const ink = getComputedStyle(this.canvas).color
    const outline = this.line ?? this.data.corners?.map(([x, y]) => this.place(x, y))
    if (outline?.length) {
      pen.beginPath()
      polygon(pen, 0, 0, outline)
      pen.fillStyle = pen.strokeStyle = ink
      pen.globalAlpha = 0.08
      pen.fill()
      pen.globalAlpha = 1
      pen.lineWidth = 2
      pen.setLineDash(this.line ? [6, 4] : [])
      pen.stroke()
      pen.setLineDash([])
    }
    if (this.over >= 0 && this.over < this.sight.x.length) {
      const [x, y] = this.sight.spot(this.over, place)
      pen.beginPath()
      pen.arc(x, y, 7, 0, 7)
      pen.strokeStyle = ink
      pen.lineWidth = 2
      pen.stroke()
    }
  }

  listen() {
    const { canvas } = this
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.box || event.button) return
      canvas.setPointerCapture(event.pointerId)
      canvas.focus({ preventScroll: true })
      const [x, y] = this.at(event)
      this.pressed = { x, y, box: this.box, moved: false }
      if (this.drawing || event.shiftKey) this.line = [[x, y]]
      this.hide()
      event.preventDefault()
    })
    canvas.addEventListener("pointermove", (event) => this.moved(event))
    canvas.addEventListener("pointerup", (event) => this.released(event))
    canvas.addEventListener("pointercancel", () => this.letGo())
    canvas.addEventListener("pointerleave", () => this.hide())
    canvas.addEventListener("wheel", (event) => {
      if (!this.box || !(event.ctrlKey || event.metaKey || this.focused() === canvas)) return
      event.preventDefault()
      const [x, y] = this.at(event)
      this.zoom(Math.exp(Math.min(1, Math.max(-1, event.deltaY / 240))), x, y)
    }, { passive: false })
    // Before the bar of verdicts below, which reads keys on the document: a key on the map is never a verdict as well.
    this.onKey = (event) => {
      if (!this.host.isConnected) window.removeEventListener("keydown", this.onKey, true)
      else if (event.composedPath()[0] === canvas) this.key(event)
    }
    this.onKeysAsked = (event) => {
      if (!this.host.isConnected) document.removeEventListener("winnow-keys", this.onKeysAsked)
      else if (this.root.checkVisibility()) event.detail.push(this.tellKeys())
    }
  }

  /** What the dialog of all keys lists of the map. */
  tellKeys() {
    return { title: t("On the map"), keys: [
      [["←", "→", "↑", "↓"], t("Move the map")],
      [["+", "−"], t("Zoom in and out")],
      [["0"], t("Show all of it")],
      [["Enter"], t("List the rows in view")],
    ] }
  }

  at(event) {
    const frame = this.canvas.getBoundingClientRect()
    return [event.clientX - frame.left, event.clientY - frame.top]
  }

  moved(event) {
    const [x, y] = this.at(event)
    if (!this.pressed) return this.point(x, y)
    if (Math.hypot(x - this.pressed.x, y - this.pressed.y) > 4) this.pressed.moved = true
    if (this.line) this.line.push([x, y])
    else if (this.pressed.moved) {
      const [left, bottom, right, top] = this.pressed.box
      const [dx, dy] = [((x - this.pressed.x) / this.width) * (right - left), ((y - this.pressed.y) / this.height) * (top - bottom)]
      this.look((left + right) / 2 - dx, (bottom + top) / 2 + dy, top - bottom)
    }
    this.paint()
  }

  released(event) {
    const { pressed, line } = this
    this.letGo()
    if (!pressed) return
    if (line && pressed.moved) return this.takeArea(fewCorners(line))
    if (pressed.moved || !this.sight) return
    const [x, y] = this.at(event)
    const found = this.sight.nearest(x, y, (...spot) => this.place(...spot), REACH)
    if (found >= 0) this.say({ row: this.sight.row[found] })
  }

  letGo() {
    this.pressed = null
    this.line = null
    this.paint()
  }

  takeArea(line) {
    if (line.length < 3) return
    const pixel = (this.box[3] - this.box[1]) / this.height
    this.toDraw(false)
    this.say({ corners: line.map(([x, y]) => this.there(x, y).map((one) => rounded(one, pixel))) })
  }

  takeView() {
    if (this.box) this.takeArea([[0, 0], [this.width, 0], [this.width, this.height], [0, this.height]])
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const acts = {
      ArrowLeft: () => this.move(-0.15, 0), ArrowRight: () => this.move(0.15, 0),
      ArrowUp: () => this.move(0, 0.15), ArrowDown: () => this.move(0, -0.15),
      "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.whole(), Home: () => this.whole(),
      Enter: () => this.takeView(), Escape: () => { this.toDraw(false); this.letGo() },
    }
    const act = acts[event.key]
    if (!act) return
    event.preventDefault()
    event.stopImmediatePropagation()
    act()
  }

  /** Says which row lies under the pointer once it rests. */
  point(x, y) {
    if (!this.sight || !this.box) return
    const found = this.sight.nearest(x, y, (...spot) => this.place(...spot), REACH)
    if (found === this.over) return
    this.hide()
    this.over = found
    this.paint()
    if (found < 0) return
    this.resting = setTimeout(() => this.preview(found), REST_MS)
  }

  hide() {
    clearTimeout(this.resting)
    this.tip.hidden = true
    if (this.over >= 0) this.paint()
    this.over = -1
  }

  async preview(at) {
    const row = this.sight.row[at]
    try {
      if (!this.known.has(row)) {
        const answer = await fetch(`${this.data.address}/row/${row}`, { cache: "no-store" })
        if (!answer.ok) return
        this.known.set(row, await answer.json())
      }
    } catch {
      return
    }
    if (this.over !== at) return
    const said = this.known.get(row)
    this.tip.replaceChildren(...[
      said.image ? el("img", { src: said.image, alt: "" }) : null,
      said.line ? el("p", { dir: "auto" }, said.line) : null,
      el("p", { class: "quiet", dir: "auto" }, said.about),
    ].filter(Boolean))
    this.tip.hidden = false
    const [x, y] = this.sight.spot(at, (...spot) => this.place(...spot))
    const wide = this.tip.offsetWidth
    this.tip.style.left = `${Math.min(Math.max(0, x - wide / 2), Math.max(0, this.width - wide))}px`
    this.tip.style.top = y > this.tip.offsetHeight + 16 ? `${y - this.tip.offsetHeight - 12}px` : `${y + 12}px`
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  learn(data.words)
  const host = parentElement.host ?? parentElement
  const map = (host.winnowMap ??= new MapView(host))
  if (map.root.parentNode !== parentElement) parentElement.append(map.root)
  map.take(data, (said) => setTriggerValue("said", said))
}
