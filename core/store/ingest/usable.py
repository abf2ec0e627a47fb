"""The test that every loaded row must pass: a payload, no cell that is too large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.lookalikes import UNSEEN
from core.modalities import WORDS
from core.records import Schema
from core.settings import MAX_CELL_BYTES
from core.sql import literal
from core.words import stored


@dataclass(frozen=True, slots=True)
class Test:
    """Two expressions over an examples table while it is loaded."""

    suspect: str
    """Cheap, true for every row that fails and for some that do not; mostly answered from the column's statistics."""
    reason: str
    """NULL for a usable row, else why it cannot be used."""

    @property
    def fails(self) -> str:
        """True for exactly the rows that cannot be used."""
        return f"({self.suspect}) AND ({self.reason}) IS NOT NULL"


def usable_test(schema: Schema, cells: Sequence[str], has_reason: bool) -> Test:
    """`cells` are the columns whose size is limited; `has_reason`: the source fills `load_reason` itself.

    Asked of the stored rows and not while reading: as part of the reading SELECT it took a quarter of its time.
    """
    suspects = [f"strlen({cell}) > {MAX_CELL_BYTES}" for cell in cells]
    tests = [(f"({' OR '.join(suspects)})", literal(stored(f"a cell larger than {MAX_CELL_BYTES // 1024**2} MB")))]
    reason = stored("empty: every feature") if schema.features else stored(f"empty: column {schema.payload}")
    suspects.append(
        f"{WORDS} IS NULL OR {WORDS} < '!' OR ({WORDS} >= chr(127) AND regexp_matches({WORDS}, '^[{UNSEEN}]'))"
    )
    tests.insert(0, (f"{WORDS} IS NULL OR regexp_full_match({WORDS}, '[{UNSEEN}]*')", literal(reason)))
    if has_reason:
        suspects.append("load_reason IS NOT NULL")
        tests.insert(0, ("load_reason IS NOT NULL", "load_reason"))
    cases = " ".join(f"WHEN {test} THEN {reason}" for test, reason in tests)
    return Test(" OR ".join(suspects), f"CASE {cases} END")
