// An area that was drawn, with as few corners as say it.

const CORNERS = 64

/** The corners that a line keeps when what lies within `tolerance` of it is left out (Douglas and Peucker). */
function simplified(line, tolerance) {
  if (line.length < 3) return line
  const [[ax, ay], [bx, by]] = [line[0], line.at(-1)]
  const length = Math.hypot(bx - ax, by - ay)
  let far = 0
  let most = -1
  for (let at = 1; at < line.length - 1; at++) {
    const [x, y] = line[at]
    const away = length ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length : Math.hypot(x - ax, y - ay)
    if (away > most) [far, most] = [at, away]
  }
  if (most <= tolerance) return [line[0], line.at(-1)]
  return [...simplified(line.slice(0, far + 1), tolerance).slice(0, -1), ...simplified(line.slice(far), tolerance)]
}

/** At most `CORNERS` corners of a line in pixels. */
function fewCorners(line) {
  let found = line
  for (let tolerance = 1; found.length > CORNERS || tolerance === 1; tolerance *= 1.5) found = simplified(line, tolerance)
  return found
}

/** A number as fine as a pixel is. */
function rounded(value, pixel) {
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(pixel))))
  return Number(value.toFixed(digits))
}
