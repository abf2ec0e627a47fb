// Light or dark, where somebody chose it in the menu: Streamlit keeps that for the one address that the browser came
// in by, and this makes it hold for all pages.

const THEME_KEY = (path) => `stActiveTheme-${path}-v2`
const CAME_IN_BY = location.pathname

function spreadTheme(pages) {
  try {
    const chosen = localStorage.getItem(THEME_KEY(CAME_IN_BY))
    const base = CAME_IN_BY.replace(/[^/]*$/, "")
    for (const path of [base, ...pages.map(({ page }) => base + page)]) {
      if (chosen === null) continue
      if (localStorage.getItem(THEME_KEY(path)) !== chosen) localStorage.setItem(THEME_KEY(path), chosen)
    }
  } catch {
    // Storage is forbidden: the choice holds until the tab is closed.
  }
}
