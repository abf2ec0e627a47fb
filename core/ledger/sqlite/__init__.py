"""The ledger as one SQLite file that many threads and processes read and write (WAL)."""

from core.ledger.sqlite.ledger import SqliteLedger

__all__ = ["SqliteLedger"]
