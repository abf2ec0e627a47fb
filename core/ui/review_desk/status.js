// The line above the desk: how far the review is, what is saved, and what the person has to know.

class Status {
  constructor(onShow) {
    this.counts = el("p", { class: "counts" })
    this.meter = el("progress", { "aria-label": "Share of this queue that is decided" })
    this.saving = el("p", { class: "saving", role: "status" })
    this.header = el("header", {}, this.counts, this.meter, this.saving)
    this.noticeText = el("span")
    this.noticeShow = el("button", { type: "button", class: "plain", onclick: () => this.dismiss(onShow(this.noticed)) }, "Show it")
    this.notice = el("div", { class: "notice", role: "alert", hidden: true }, this.noticeText, this.noticeShow,
      el("button", { type: "button", class: "plain", onclick: () => this.dismiss() }, "Dismiss"))
  }

  /** Counts of the server with the decisions added that it has not confirmed yet. */
  showCounts({ flagged, left, decided, relabelled, suggestion_taken, settled_before }, pending) {
    const remaining = Math.max(0, left - pending)
    const taken = relabelled ? `${percent(suggestion_taken / relabelled)} of changes` : "no changes yet"
    this.counts.replaceChildren(
      el("span", {}, el("strong", { "data-count": "done" }, (decided + pending).toLocaleString("en-GB")), " done"),
      el("span", {}, el("strong", { "data-count": "left" }, remaining.toLocaleString("en-GB")), " left"),
      el("span", {}, "suggestion taken: ", el("strong", { "data-count": "taken" }, taken)),
      ...(settled_before ? [el("span", { title: "A verdict of an earlier version stands" },
        el("strong", { "data-count": "settled" }, settled_before.toLocaleString("en-GB")), " settled before")] : []))
    this.meter.max = Math.max(1, flagged)
    this.meter.value = Math.max(0, flagged - remaining)
  }

  showSaving(waiting) {
    const left = waiting ? `${waiting} not saved yet` : "Nothing new comes"
    this.saving.textContent = this.trouble ? `${left}, tried again every few seconds: ${this.trouble}`
      : waiting ? `Saving ${waiting}…` : "All saved"
    this.saving.classList.toggle("waiting", waiting > 0 || Boolean(this.trouble))
  }

  /** Says something that must not be missed; with an item, offers to show it. */
  tell(message, item) {
    this.noticeText.textContent = message
    this.noticed = item
    this.noticeShow.hidden = !item
    this.notice.hidden = false
  }

  dismiss() {
    this.notice.hidden = true
  }
}
