"""Claims in SQLite: a row of a version has one line, so two sessions cannot hold it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.identity import is_gone, own_mark
from core.ledger.sqlite.file import LedgerFile

_THESE = "version_id = ? AND session = ? AND example_id IN (SELECT value FROM json_each(?))"


ADOPTION_SECONDS = 45.0
"""How long the rows of a browser whose server is gone wait for it to find the next one. It tries every 30 seconds at
the least; until then nobody else gets the rows that are on its screen, where somebody may press a key."""


class SqliteClaims:
    """See `core.ledger.contract.Claims`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._owner = own_mark()

    def hold(
        self, version_id: str, session: str, example_ids: Sequence[int], *, now: float, seconds: float
    ) -> list[int]:
        until = _micros(now + seconds)
        with self._file.write() as connection:
            connection.execute("DELETE FROM claims WHERE until <= ?", [_micros(now)])
            connection.executemany(
                """INSERT INTO claims (version_id, example_id, session, until, owner) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT (version_id, example_id) DO UPDATE SET until = excluded.until, owner = excluded.owner
                   WHERE session = excluded.session""",
                [(version_id, example_id, session, until, self._owner) for example_id in example_ids],
            )
            held = connection.execute(
                f"SELECT example_id FROM claims WHERE {_THESE}", [version_id, session, json.dumps(list(example_ids))]
            ).fetchall()
        own = {example_id for (example_id,) in held}
        return [example_id for example_id in example_ids if example_id in own]

    def held_by_others(self, version_id: str, session: str, now: float) -> list[int]:
        with self._file.connection() as connection:
            found = connection.execute(
                "SELECT example_id FROM claims WHERE version_id = ? AND session <> ? AND until > ?",
                [version_id, session, _micros(now)],
            ).fetchall()
        return [int(example_id) for (example_id,) in found]

    def release(self, version_id: str, session: str, example_ids: Sequence[int]) -> None:
        with self._file.connection() as connection:
            connection.execute(
                f"DELETE FROM claims WHERE {_THESE}", [version_id, session, json.dumps(list(example_ids))]
            )

    def release_all(self, session: str) -> None:
        with self._file.connection() as connection:
            connection.execute("DELETE FROM claims WHERE session = ?", [session])

    def adopt(self, version_id: str, session: str, example_ids: Sequence[int], *, of: str = "") -> None:
        with self._file.connection() as connection:
            connection.execute(
                """UPDATE claims SET session = ?, owner = ? WHERE version_id = ? AND owner = '' AND (
                       example_id IN (SELECT value FROM json_each(?)) OR (? <> '' AND substr(session, 1, ?) = ?))""",
                [session, self._owner, version_id, json.dumps(list(example_ids)), of, len(of), of],
            )

    def leave_of_the_gone(self, now: float) -> None:
        """Leaves what sessions hold whose process has ended to be adopted, for `ADOPTION_SECONDS`."""
        with self._file.write() as connection:
            owners = connection.execute("SELECT DISTINCT owner FROM claims").fetchall()
            gone = [(owner,) for (owner,) in owners if owner and is_gone(owner)]
            connection.executemany(
                "UPDATE claims SET owner = '', until = min(until, ?) WHERE owner = ?",
                [(_micros(now + ADOPTION_SECONDS), owner) for (owner,) in gone],
            )


def _micros(seconds: float) -> int:
    """A moment of the monotonic clock. Claims of an earlier release have the time of day in its place: their process is
    gone, so they are too."""
    return int(seconds * 1_000_000)
