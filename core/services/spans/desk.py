"""What the review desk is told of rows with spans: where their tokens are, and where the same words stand elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.context import Context
from core.profile.surfaces import spans_sql
from core.records import Dataset, Example
from core.store.acts.as_decided import as_decided
from core.store.acts.in_force import in_force_sql
from core.store.versions import get_version
from core.targets.spans.form import spans_of
from core.targets.spans.tokens import bounds_of
from core.typed import JsonObject

MOST_ROWS = 50_000
"""In a larger version the same words are not looked for while a row is waited for: the consistency desk has them."""
MOST_PLACES = 300


def on_desk(context: Context, dataset: Dataset, version_id: str, examples: Sequence[Example]) -> dict[int, JsonObject]:
    """By row: `tokens`, pairs of characters, and `same`, by words the rows that have them in a span: number, label as
    it stands, places of the words, and the decision in force."""
    column = dataset.layout.get("tokens")
    name = next((one.name for one in dataset.attributes if one.column == column), None)
    surfaces = {one.example_id: _surfaces(one) for one in examples}
    same = _same(context, version_id, sorted({words for found in surfaces.values() for words in found}))
    return {
        one.example_id: {
            "tokens": bounds_of(None if name is None else one.attributes.get(name), one.text or ""),
            "same": {
                words: [place for place in same.get(words, ()) if place[0] != one.example_id]
                for words in surfaces[one.example_id]
            },
        }
        for one in examples
    }


def _surfaces(example: Example) -> set[str]:
    text = example.text or ""
    return {" ".join(text[start:stop].split()) for start, stop, _ in spans_of(example.label or "[]")}


def _same(context: Context, version_id: str, words: Sequence[str]) -> Mapping[str, list[tuple[object, ...]]]:
    if not words or get_version(context.store, version_id).row_count > MOST_ROWS:
        return {}
    rows = as_decided(context.store, version_id)
    found = context.store.fetch(
        f"""WITH placed AS (SELECT surface, example_id, list([start, stop]) AS places FROM {spans_sql(rows)}
                            WHERE surface IN (SELECT unnest(CAST(? AS VARCHAR[]))) GROUP BY surface, example_id
                            QUALIFY row_number() OVER (PARTITION BY surface ORDER BY example_id) <= {MOST_PLACES})
            SELECT p.surface, p.example_id, r.label, p.places, d.decision_id FROM placed p
            JOIN {rows} r ON r.example_id = p.example_id
            LEFT JOIN {in_force_sql(context.store, version_id)} d ON d.example_id = p.example_id
            ORDER BY p.example_id""",
        [list(words)],
    )
    same: dict[str, list[tuple[object, ...]]] = {}
    for surface, *place in found:
        same.setdefault(surface, []).append(tuple(place))
    return same
