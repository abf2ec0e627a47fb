// One for all parts of a page that change by themselves: asks the server whether anything has changed, seldom where
// nothing does, and has a part drawn again where something has.

const FIRST_MS = 500
const MOST_MS = 4_000
const GROWTH = 1.3
const HIDDEN_MS = 20_000
/** A part is drawn so much less often than drawing it takes: then it costs a thirtieth of a core at most. */
const REST = 40
const LEAST_MS = 2_000
const LOST_AFTER = 2
const GONE_MS = 60_000
const SEEN_MS = 4_000
const SIGNS = { done: "✓", failed: "✗", lost: "✗" }

class Pulse {
  constructor() {
    this.parts = new Map()
    this.wait = FIRST_MS
    this.failed = 0
    this.since = null
    this.title = null
    this.onShown = () => this.shown()
    document.addEventListener("visibilitychange", this.onShown)
    window.addEventListener("focus", this.onShown)
  }

  add(key, part) {
    this.parts.set(key, part)
    this.soon()
  }

  /** Those that are on the page. Streamlit also calls the cleanup of a part that it has just drawn anew: what has left
   * the page is found by looking, and forgotten once it has been away for longer than a page takes to be drawn. */
  shownParts() {
    const now = performance.now()
    for (const [key, part] of this.parts) {
      if (part.host.isConnected) part.left = null
      else if (now - (part.left ??= now) > GONE_MS) this.parts.delete(key)
    }
    return [...this.parts.values()].filter((part) => part.host.isConnected)
  }

  soon() {
    this.wait = FIRST_MS
    this.plan()
  }

  plan() {
    clearTimeout(this.timer)
    const pause = document.hidden ? Math.max(HIDDEN_MS, this.wait) : this.wait
    this.timer = setTimeout(() => this.ask(), pause)
  }

  async ask() {
    if (this.asking) return
    const parts = this.shownParts()
    if (!parts.length) {
      if (this.parts.size) this.plan()
      return
    }
    this.asking = true
    const hidden = document.hidden
    const tokens = hidden ? "," : parts.map((part) => part.token).join()
    try {
      const since = this.since === null ? "" : `?since=${this.since}`
      const answer = await fetch(`${parts[0].address}${tokens}${since}`, { cache: "no-store" })
      if (!answer.ok) throw new Error(String(answer.status))
      const said = await answer.json()
      this.found(true)
      this.ended(said.ended)
      this.since = said.now
      if (!hidden) this.compare(said.looks)
    } catch {
      this.found(false)
    }
    this.asking = false
    this.wait = Math.min(MOST_MS, this.wait * GROWTH)
    this.plan()
  }

  compare(looks) {
    const now = performance.now()
    for (const part of this.shownParts()) {
      if (!(part.token in looks) || part.asked) continue
      const [urgent, other] = looks[part.token] ?? ["gone", "gone"]
      const due = now - part.drawn >= Math.max(LEAST_MS, REST * part.took)
      if (urgent !== part.seen[0] || (other !== part.seen[1] && due)) {
        part.asked = now
        part.redraw(`${urgent} ${other} ${Math.round(now)}`)
        this.wait = FIRST_MS
      }
    }
    // A part that was asked for and never came (the session was lost meanwhile) is asked for again.
    for (const part of this.parts.values()) if (part.asked && now - part.asked > 15_000) part.asked = 0
  }

  /** Says it where the server does not answer, and when it does again. */
  found(there) {
    this.failed = there ? 0 : this.failed + 1
    const lost = this.failed >= LOST_AFTER
    if (lost && !this.banner) {
      this.banner = document.createElement("div")
      this.banner.id = "winnow-connection"
      this.banner.setAttribute("role", "alert")
      this.banner.textContent = t("Connection lost – trying again. What runs goes on.")
      this.banner.style.cssText =
        "position:fixed;left:50%;top:8px;transform:translateX(-50%);z-index:1000000;padding:6px 14px;" +
        "border-radius:8px;background:#7a2e0e;color:#fff;font:14px system-ui,sans-serif;box-shadow:0 2px 8px #0006"
      document.body.append(this.banner)
    }
    if (there && this.banner) {
      this.banner.remove()
      this.banner = null
    }
    if (!there) this.wait = Math.max(this.wait, 1_000)
  }

  /** A tab that nobody sees says in its title that a job has ended, until somebody does. */
  ended(jobs) {
    const last = jobs.at(-1)
    if (!last || (document.hasFocus() && !document.hidden)) return
    this.title ??= document.title
    this.said = `${SIGNS[last.status] ?? "■"} ${last.title} ${this.word(last.status)} – Winnow`
    document.title = this.said
    this.keep()
  }

  /** A page that is drawn again sets its own title: what was to be said is said again, and the new one kept for later. */
  keep() {
    this.titles ??= new MutationObserver(() => {
      if (this.title === null || document.title === this.said) return
      this.title = document.title
      document.title = this.said
    })
    this.titles.observe(document.head, { subtree: true, childList: true, characterData: true })
  }

  word(status) {
    const words = { done: t("done"), failed: t("failed"), cancelled: t("cancelled"), stopped: t("stopped"), lost: t("lost") }
    return words[status] ?? status
  }

  shown() {
    if (document.hidden) return
    this.soon()
    if (this.title === null) return
    setTimeout(() => {
      if (document.hidden) return
      this.titles?.disconnect()
      if (document.title === this.said) document.title = this.title
      this.title = null
    }, SEEN_MS)
  }
}

const pulse = (globalThis.winnowPulse ??= new Pulse())

export default function ({ data, key, parentElement, setTriggerValue }) {
  learn(data.words)
  const host = parentElement.host ?? parentElement
  const now = performance.now()
  // Each place for itself: while a page is drawn anew, Streamlit calls a part for a place that is gone at once, too.
  const part = host.winnowPart ?? { took: 0, asked: 0 }
  if (part.asked) part.took = now - part.asked
  Object.assign(part, data, { host, drawn: now, asked: 0, redraw: (value) => setTriggerValue("changed", value) })
  host.winnowPart = part
  pulse.add(host, part)
}
