"""Of which types the newest scan flags a row."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import NotFoundError
from core.records import Scan
from core.store.database import Database
from core.store.row_facts.contract import RowFact
from core.store.scans import latest_scan, newest_scan
from core.store.versions import get_version


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    scan = _scan(db, version_id)
    for value in values:
        if scan is None or value not in scan.types:
            known = f"Its newest scan looked for: {', '.join(scan.types)}." if scan else "It was never scanned."
            raise NotFoundError(f"No row has been looked at for the issue {value!r}.", known)
    if scan is None:
        return "SELECT example_id FROM issues WHERE false", []
    return (
        "SELECT example_id FROM issues WHERE scan_id = ? AND is_issue AND list_contains(?::VARCHAR[], issue_type)",
        [scan.scan_id, [*values] or [*scan.types]],
    )


def _values(db: Database, version_id: str) -> Sequence[str]:
    scan = _scan(db, version_id)
    return () if scan is None else tuple(scan.types)


def _scan(db: Database, version_id: str) -> Scan | None:
    """Of the version itself; where it has none, of any that its dataset has."""
    return latest_scan(db, version_id) or newest_scan(db, get_version(db, version_id).dataset_id)


ISSUE = RowFact("issue", _having, _values)
