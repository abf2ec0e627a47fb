// The language of the document, for whoever has it read aloud, and the choice for the next visit.

const KEPT_SECONDS = 365 * 86_400

export default function ({ data }) {
  document.documentElement.lang = data.code
  if (data.chosen) document.cookie = `${data.cookie}=${data.language}; path=/; max-age=${KEPT_SECONDS}; samesite=lax`
}
