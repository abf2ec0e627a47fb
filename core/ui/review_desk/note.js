// A note on the row in hand: why it is judged so, in the reviewer's own words. It goes out with the verdict.

const MAX_NOTE = 500

class NoteEditor {
  constructor(onSave) {
    this.field = el("textarea", { rows: "2", maxlength: String(MAX_NOTE), dir: "auto", "aria-label": t("Note on this row"),
      placeholder: t("Why? Kept with your verdict"), oninput: () => this.count(), onkeydown: (event) => this.key(event) })
    this.left = el("span", { class: "quiet" })
    this.root = el("div", { class: "picker note-editor", hidden: true, role: "dialog", "aria-label": t("Note") },
      this.field,
      el("div", { class: "picker-top" }, el("span", { class: "quiet" }, t("Enter keeps it, Escape leaves it")), this.left))
    this.onSave = onSave
  }

  open(text, desk) {
    this.desk = desk
    this.field.value = text
    this.root.hidden = false
    this.count()
    this.field.focus()
  }

  close() {
    if (this.root.hidden) return
    this.root.hidden = true
    this.desk?.focus({ preventScroll: true })
  }

  count() {
    this.left.textContent = t("{n} of {all}", { n: this.field.value.length, all: MAX_NOTE })
  }

  key(event) {
    if (event.isComposing) return
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault()
      const text = this.field.value.trim()
      this.close()
      this.onSave(text)
    }
  }
}
