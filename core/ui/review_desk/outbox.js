// Decisions that the server has not confirmed yet. They survive a reload of the page and are sent until confirmed;
// the server writes each key once, however often it arrives.

const RESEND_AFTER_MS = 4000

class Outbox {
  constructor(storageKey, send) {
    this.storageKey = storageKey
    this.send = send
    this.acts = this.stored()
    this.timer = null
  }

  get waiting() {
    return this.acts.length
  }

  stored() {
    try {
      const acts = JSON.parse(sessionStorage.getItem(this.storageKey) ?? "[]")
      return Array.isArray(acts) ? acts : []
    } catch {
      return []
    }
  }

  keep() {
    try {
      if (this.acts.length) sessionStorage.setItem(this.storageKey, JSON.stringify(this.acts))
      else sessionStorage.removeItem(this.storageKey)
    } catch {
      // Storage is full or forbidden: the acts are still in memory and are still sent.
    }
  }

  add(acts) {
    this.acts.push(...acts)
    this.keep()
    this.deliver()
  }

  /** Sends all that waits, and again while no answer comes: a lost connection loses no decision. */
  deliver() {
    clearTimeout(this.timer)
    this.send()
    if (this.waiting) this.timer = setTimeout(() => this.deliver(), RESEND_AFTER_MS)
  }

  /** Drops what the server has dealt with. */
  confirm(keys) {
    const dealtWith = new Set(keys)
    const before = this.waiting
    this.acts = this.acts.filter((act) => !dealtWith.has(act.key))
    if (this.waiting !== before) this.keep()
    if (!this.waiting) clearTimeout(this.timer)
  }

  close() {
    clearTimeout(this.timer)
  }
}

const REMEMBERED = 500

// What this tab can still take back, by the keys of its acts: it survives a reload of the page, and is no other tab's.
class Memory {
  constructor(storageKey) {
    this.storageKey = storageKey
  }

  kept() {
    try {
      const presses = JSON.parse(sessionStorage.getItem(this.storageKey) ?? "[]")
      return Array.isArray(presses) ? presses.filter(Array.isArray) : []
    } catch {
      return []
    }
  }

  keep(presses) {
    try {
      sessionStorage.setItem(this.storageKey, JSON.stringify(presses.slice(-REMEMBERED)))
    } catch {
      // Storage is full or forbidden: the page's own memory is left.
    }
  }
}
