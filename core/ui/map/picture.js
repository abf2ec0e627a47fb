// What the server says is in sight, as it is drawn: a picture of the density, and points.

function bytes(text) {
  const said = atob(text)
  const found = new Uint8Array(said.length)
  for (let at = 0; at < said.length; at++) found[at] = said.charCodeAt(at)
  return found
}

class Sight {
  constructor(said) {
    Object.assign(this, { box: said.box, total: said.total, all: said.all, groups: said.groups, bands: said.bands })
    const sent = said.points
    this.x = new Uint16Array(bytes(sent.x).buffer)
    this.y = new Uint16Array(bytes(sent.y).buffer)
    this.code = bytes(sent.code)
    this.row = new Uint32Array(bytes(sent.row).buffer)
    this.density = said.density ? { ...said.density, strength: bytes(said.density.strength), code: bytes(said.density.code) } : null
  }

  /** The density as a small image, once per set of colours. */
  image(colours) {
    const { columns, rows, strength, code } = this.density
    if (this.drawn?.colours === colours.join()) return this.drawn.canvas
    const canvas = new OffscreenCanvas(columns, rows)
    const pen = canvas.getContext("2d")
    const image = pen.createImageData(columns, rows)
    const known = colours.map(rgb)
    for (let at = 0; at < strength.length; at++) {
      if (!strength[at]) continue
      const [red, green, blue] = known[code[at]]
      image.data.set([red, green, blue, 40 + 0.84 * strength[at]], 4 * at)
    }
    pen.putImageData(image, 0, 0)
    this.drawn = { colours: colours.join(), canvas }
    return canvas
  }

  draw(pen, place, colours) {
    const [left, top] = place(this.box[0], this.box[3])
    const [right, bottom] = place(this.box[2], this.box[1])
    const across = (right - left) / 65535
    const down = (bottom - top) / 65535
    if (this.density) {
      pen.imageSmoothingEnabled = false
      pen.drawImage(this.image(colours), left, top, right - left, bottom - top)
    }
    const size = this.density ? 2.4 : this.x.length > 5_000 ? 2.4 : this.x.length > 800 ? 3.2 : 4.2
    pen.lineWidth = Math.max(1.2, size / 2.4)
    pen.globalAlpha = this.density ? 0.9 : 0.8
    // What belongs to no group lies beneath what does.
    for (const code of [NOTHING, OTHERS, ...Array(GROUPS).keys()]) {
      pen.fillStyle = pen.strokeStyle = colours[code]
      for (let at = 0; at < this.x.length; at++) {
        if (this.code[at] === code) mark(pen, code, left + across * this.x[at], top + down * this.y[at], size, this.bands)
      }
    }
    pen.globalAlpha = 1
  }

  /** The point at most `reach` pixels from there: its number; -1 where there is none. */
  nearest(x, y, place, reach) {
    const [left, top] = place(this.box[0], this.box[3])
    const [right, bottom] = place(this.box[2], this.box[1])
    const across = (right - left) / 65535
    const down = (bottom - top) / 65535
    let found = -1
    let least = reach * reach
    for (let at = 0; at < this.x.length; at++) {
      const away = (left + across * this.x[at] - x) ** 2 + (top + down * this.y[at] - y) ** 2
      if (away <= least) [found, least] = [at, away]
    }
    return found
  }

  spot(at, place) {
    const [left, top] = place(this.box[0], this.box[3])
    const [right, bottom] = place(this.box[2], this.box[1])
    return [left + ((right - left) / 65535) * this.x[at], top + ((bottom - top) / 65535) * this.y[at]]
  }
}

function rgb(colour) {
  const pen = new OffscreenCanvas(1, 1).getContext("2d")
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
}
