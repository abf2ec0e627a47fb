// The rows in the browser's hands: those to judge, in the server's order, and those already judged, for going back.

const HISTORY = 100

class Queue {
  constructor() {
    this.id = null
    this.items = []
    this.position = 0
    /** True while the person looks at a row that is decided already. */
    this.visiting = false
  }

  get current() {
    return this.items[this.position] ?? null
  }

  get open() {
    return this.items.filter((item) => !item.decision)
  }

  find(rowId) {
    return this.items.find((item) => item.example_id === rowId) ?? null
  }

  rowIds() {
    return this.items.map((item) => item.example_id)
  }

  /** Rows passed over without a decision: the server must hand out that many more. */
  skipped() {
    return this.items.slice(0, this.position).filter((item) => !item.decision).length
  }

  /** Another filter or a better scan: the rows are the server's to hand out again. */
  reset(id) {
    if (this.id === id) return
    this.id = id
    this.items = []
    this.position = 0
  }

  /** Takes in new rows. `decided` tells which rows have a decision that the server has not confirmed yet. */
  take(items, decided) {
    for (const item of items) {
      if (this.find(item.example_id)) continue
      item.decision ??= decided.get(item.example_id) ?? null
      this.items.push(item)
    }
    if (this.current?.decision && !this.visiting) this.toNextOpen()
    this.trim()
  }

  /** Puts a row that an undo brought back on the screen. */
  bringBack(item) {
    const known = this.find(item.example_id)
    if (known) {
      known.decision = null
      this.position = this.items.indexOf(known)
    } else {
      item.decision = null
      this.items.splice(this.position, 0, item)
    }
    this.visiting = false
  }

  /** The next row without a decision, else the first that was passed over, else the end. */
  toNextOpen() {
    this.visiting = false
    const open = (item) => !item.decision
    const ahead = this.items.findIndex((item, index) => index >= this.position && open(item))
    const any = ahead >= 0 ? ahead : this.items.findIndex(open)
    this.position = any >= 0 ? any : this.items.length
  }

  step(by) {
    if (by > 0 && this.position >= this.items.length - 1) {
      this.position = this.items.length
      this.toNextOpen()
      return
    }
    this.position = Math.max(0, Math.min(this.items.length - 1, this.position + by))
    this.visiting = Boolean(this.current?.decision)
  }

  /** Forgets the oldest decided rows, so that a day of images does not fill the browser. */
  trim() {
    let excess = this.items.filter((item) => item.decision).length - HISTORY
    while (excess > 0 && this.items[0]?.decision && this.position > 0) {
      this.items.shift()
      this.position -= 1
      excess -= 1
    }
  }
}
