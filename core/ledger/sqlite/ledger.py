"""The ledger of one workspace: its parts on one file."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from core.ledger.sqlite.bulk import SqliteBulkActs
from core.ledger.sqlite.claims import SqliteClaims
from core.ledger.sqlite.classes import SqliteClassNames
from core.ledger.sqlite.decisions import SqliteDecisions
from core.ledger.sqlite.effects import SqliteEffects
from core.ledger.sqlite.file import LedgerFile
from core.ledger.sqlite.first_steps import SqliteFirstSteps
from core.ledger.sqlite.masking import SqliteMasking
from core.ledger.sqlite.rules import SqliteRules
from core.ledger.sqlite.runs import SqliteRuns
from core.ledger.sqlite.tags import SqliteTags
from core.ledger.sqlite.versions import SqliteVersions
from core.ledger.sqlite.views import SqliteViews

_OF_A_DATASET = (
    "DELETE FROM metrics WHERE run_id IN (SELECT run_id FROM runs WHERE dataset_id = ?)",
    "DELETE FROM runs WHERE dataset_id = ?",
    "DELETE FROM effects WHERE dataset_id = ?",
    "DELETE FROM bulk_acts WHERE dataset_id = ?",
    "DELETE FROM versions WHERE dataset_id = ?",
    "DELETE FROM views WHERE dataset_id = ?",
    "DELETE FROM chosen_columns WHERE dataset_id = ?",
    "DELETE FROM class_names WHERE dataset_id = ?",
    "DELETE FROM tag_acts WHERE dataset_id = ?",
    "DELETE FROM rules WHERE dataset_id = ?",
    "DELETE FROM mask_rules WHERE dataset_id = ?",
    "DELETE FROM masked_copies WHERE dataset_id = ?",
    "DELETE FROM put_away WHERE dataset_id = ?",
    "DELETE FROM decisions WHERE dataset_id = ?",
)


class SqliteLedger:
    """See `core.ledger.contract.Ledger`. Opening it leaves the claims of processes that are gone, and no others, to be
    adopted."""

    def __init__(self, path: Path) -> None:
        """Raises `StoreError` for a file that a newer Winnow has upgraded."""
        self._file = LedgerFile(path)
        self.decisions = SqliteDecisions(self._file)
        self.bulk = SqliteBulkActs(self._file)
        self.claims = SqliteClaims(self._file)
        self.runs = SqliteRuns(self._file)
        self.effects = SqliteEffects(self._file)
        self.versions = SqliteVersions(self._file)
        self.views = SqliteViews(self._file)
        self.tags = SqliteTags(self._file)
        self.rules = SqliteRules(self._file)
        self.classes = SqliteClassNames(self._file)
        self.first_steps = SqliteFirstSteps(self._file)
        self.masking = SqliteMasking(self._file)
        self.claims.leave_of_the_gone(monotonic())

    def forget(self, dataset_id: str) -> None:
        """Deletes for good all that was done on a dataset. Claims run out by themselves."""
        with self._file.write() as connection:
            for statement in _OF_A_DATASET:
                connection.execute(statement, [dataset_id])

    def close(self) -> None:
        self._file.close()
