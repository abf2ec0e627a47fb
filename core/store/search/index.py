"""The words of a dataset's examples, in a Parquet file that is sorted by word: `term`, `example_id`, how often it
stands there (`tf`) and how many words the example has (`words`).

Written Chinese, Japanese and Korean has no blanks that say where a word ends: of each run of such signs every two
neighbours are a term, and the last sign, so that a run of any length is found. The rows of a dataset never change, so
neither does the file.
"""

from __future__ import annotations

import threading
from pathlib import Path

from core.files import whole
from core.modalities import WORDS
from core.records import EXAMPLE_ID
from core.settings import Workspace
from core.sql import literal
from core.store.database import Database
from core.store.ids import checked_id
from core.store.relations import relation_sql

CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー"
_WORD = r"[\p{L}\p{N}\p{M}]+"
_ROW_GROUP = 100_000
_MOST = 255
"""Times that a word counts in one example, at most."""
_MAKING = threading.Lock()


def index_file(db: Database, dataset_id: str) -> Path:
    """Where the index of a dataset lies, once it is there."""
    return Workspace(db.path.parent).search / f"{checked_id(dataset_id, 'dataset')}.parquet"


def indexed(db: Database, dataset_id: str) -> Path:
    """The index of a dataset, made where it is not there: a quarter of a minute for a million short texts."""
    path = index_file(db, dataset_id)
    if path.exists():
        return path
    with _MAKING:
        if path.exists():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part, db.cursor() as cursor:
            options = f"FORMAT parquet, ROW_GROUP_SIZE {_ROW_GROUP}"
            cursor.execute(f"COPY ({_postings(dataset_id)}) TO {literal(str(part))} ({options})")
    return path


def terms_sql(text: str) -> str:
    """SQL for the list of terms of a text in lower case."""
    runs = f"regexp_extract_all({text}, '[{CJK}]+')"
    pairs = f"flatten(list_transform({runs}, lambda r: list_transform(range(1, length(r) + 1), lambda i: r[i:i + 1])))"
    signs = f"regexp_matches({text}, '[{CJK}]')"
    others = f"regexp_extract_all(regexp_replace({text}, '[{CJK}]+', ' ', 'g'), '{_WORD}')"
    return f"""CASE WHEN {signs} THEN list_concat({others}, {pairs}) ELSE regexp_extract_all({text}, '{_WORD}') END"""


def _postings(dataset_id: str) -> str:
    return f"""
        WITH texts AS (SELECT {EXAMPLE_ID}, lower({WORDS}) AS said FROM {relation_sql(dataset_id, None)}),
        listed AS (SELECT {EXAMPLE_ID}, {terms_sql("said")} AS terms FROM texts),
        each AS (SELECT {EXAMPLE_ID}, unnest(terms) AS term, len(terms) AS words FROM listed)
        SELECT term, {EXAMPLE_ID}, least(count(*), {_MOST})::UTINYINT AS tf,
               least(any_value(words), 65535)::USMALLINT AS words
        FROM each GROUP BY term, {EXAMPLE_ID} ORDER BY term, {EXAMPLE_ID}"""
