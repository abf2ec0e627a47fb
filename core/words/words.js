// The words of a component in the language of whoever looks: `learn` is given them by Python, which finds every `t("…")`
// and `tn("…", "…", n)` of the component's source by itself. The texts are literals in double quotes.

let WORDS = {}

function learn(words) {
  WORDS = words ?? {}
}

/** `t("{n} of {all} rows", { n, all })`. */
function t(text, values = {}) {
  return (WORDS[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

/** `tn("{n} row", "{n} rows", n)`. */
function tn(one, many, n, values = {}) {
  return t(n === 1 ? one : many, { n, ...values })
}
