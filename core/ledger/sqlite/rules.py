"""Rules in SQLite: a row of the file for each version of a rule."""

from __future__ import annotations

from collections.abc import Sequence

from core.ledger.sqlite.file import LedgerFile, micros, moment
from core.records import Rule

_COLUMNS = "act_id, dataset_id, name, number, filters, label, retired, changed_by, changed_at"


class SqliteRules:
    """See `core.ledger.contract.Rules`."""

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def append(self, rule: Rule) -> bool:
        values = (rule.act_id, rule.dataset_id, rule.name, rule.number, rule.where, rule.label, rule.retired)
        with self._file.write() as connection:
            before = connection.total_changes
            connection.execute(
                f"INSERT INTO rules ({_COLUMNS}) VALUES ({', '.join('?' * 9)}) ON CONFLICT DO NOTHING",
                (*values, rule.changed_by, micros(rule.changed_at)),
            )
            return connection.total_changes > before

    def of(self, dataset_id: str) -> list[Rule]:
        newest: dict[str, Rule] = {}
        for rule in self.log(dataset_id):
            newest.setdefault(rule.name, rule)
        return [newest[name] for name in sorted(newest, key=lambda one: (one.casefold(), one))]

    def log(self, dataset_id: str, name: str | None = None) -> list[Rule]:
        named, values = ("", [dataset_id]) if name is None else (" AND name = ?", [dataset_id, name])
        return self._found(f"WHERE dataset_id = ?{named} ORDER BY seq DESC", values)

    def newest(self) -> int:
        with self._file.connection() as connection:
            (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM rules").fetchone()
        return int(seq)

    def _found(self, clauses: str, values: Sequence[str]) -> list[Rule]:
        with self._file.connection() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM rules {clauses}", values).fetchall()
        return [
            Rule(act_id, dataset_id, name, number, where, label, bool(retired), by, moment(at))
            for act_id, dataset_id, name, number, where, label, retired, by, at in rows
        ]
