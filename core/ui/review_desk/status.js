// The line above the desk: how far the review is, what is saved, and what the person has to know.

class Status {
  constructor(onShow) {
    this.counts = el("p", { class: "counts" })
    this.meter = el("progress", { "aria-label": t("Share of this queue that is decided") })
    this.saving = el("p", { class: "saving", role: "status" })
    this.header = el("header", {}, this.counts, this.meter, this.saving)
    this.noticeText = el("span")
    this.noticeShow = el("button", { type: "button", class: "plain", onclick: () => this.dismiss(onShow(this.noticed)) }, t("Show it"))
    this.notice = el("div", { class: "notice", role: "alert", hidden: true }, this.noticeText, this.noticeShow,
      el("button", { type: "button", class: "plain", onclick: () => this.dismiss() }, t("Dismiss")))
  }

  /** Counts of the server with the decisions added that it has not confirmed yet. */
  showCounts({ flagged, left, decided, relabelled, suggestion_taken, settled_before }, pending) {
    const remaining = Math.max(0, left - pending)
    const taken = relabelled ? t("{share} of changes", { share: percent(suggestion_taken / relabelled) }) : t("no changes yet")
    this.counts.replaceChildren(
      el("span", {}, el("strong", { "data-count": "done" }, (decided + pending).toLocaleString("en-GB")), t(" done")),
      el("span", {}, el("strong", { "data-count": "left" }, remaining.toLocaleString("en-GB")), t(" left")),
      el("span", {}, t("suggestion taken: "), el("strong", { "data-count": "taken" }, taken)),
      ...(settled_before ? [el("span", { title: t("A verdict of an earlier version stands") },
        el("strong", { "data-count": "settled" }, settled_before.toLocaleString("en-GB")), t(" settled before"))] : []))
    this.meter.max = Math.max(1, flagged)
    this.meter.value = Math.max(0, flagged - remaining)
  }

  showSaving(waiting) {
    this.saving.textContent = this.trouble && waiting ? t("{n} not saved yet, tried again every few seconds: {why}", { n: waiting, why: this.trouble })
      : this.trouble ? t("Nothing new comes, tried again every few seconds: {why}", { why: this.trouble })
        : waiting ? t("Saving {n}…", { n: waiting }) : t("All saved")
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
