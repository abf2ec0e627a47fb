"""What the engine that reads files, and the store, may reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SourceError
from core.store.database import Database
from core.store.ingest.engine import engine
from core.words import say_stored, speaking

LOADS_BY_ITSELF = (
    "SELECT current_setting('autoload_known_extensions') OR current_setting('autoinstall_known_extensions')"
)


def test_no_extension_is_loaded_by_itself_so_that_no_address_is_read(tmp_path: Path) -> None:
    store = Database.open(tmp_path / "a.duckdb")
    assert store.fetch_one(LOADS_BY_ITSELF) == (False,)
    store.close()
    with engine(()) as cursor:
        assert cursor.execute(LOADS_BY_ITSELF).fetchone() == (False,)
    with pytest.raises(SourceError, match="httpfs"), engine(()) as cursor:
        cursor.execute("FROM read_csv('http://127.0.0.1:9/a.csv')")


def test_what_duckdb_says_is_quoted_after_a_sentence_in_the_language_of_the_page() -> None:
    with pytest.raises(SourceError) as raised, engine(()) as cursor:
        cursor.execute("SELECT nonsense")
    message = raised.value.message
    assert message.startswith("The file cannot be read. DuckDB says: “") and "nonsense" in message
    with speaking("zh"):
        told = say_stored(message)
    assert told.startswith("文件无法读取。DuckDB 的原话：“") and "nonsense" in told
