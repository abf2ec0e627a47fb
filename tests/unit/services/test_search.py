"""Words looked for: which rows have any of them, and which match them best."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.lists.asked import row_filter, rows_listed
from core.services.lists.columns import row_columns
from core.services.lists.written import write_order
from core.store.export_lists import export_list
from core.store.rows import BY_ROW, count_and_page_of_ids, ids_of, page_of_ids
from core.store.search.index import index_file
from core.store.search.rank import BEST, scores_sql
from tests.integration.load_support import loaded

TEXTS = (
    "the parcel came late and the refund came late, late, late",
    "a refund for a parcel that was damaged on its way to us in the north",
    "refunds are slow",
    "LATE refund",
    "nothing of the kind",
    "产品质量非常差，我要退货",
    "这个产品的质量不错",
    "東京タワーはがきを送った",
    "서울 날씨가 좋다",
    "it's the artist's art: art for art",
    "an article of an artist",
    "",
)


@pytest.fixture
def texts(context: Context, tmp_path: Path) -> Dataset:
    file = tmp_path / "texts.jsonl"
    import json

    rows = [json.dumps({"text": text or None, "label": "xy"[place % 2]}) for place, text in enumerate(TEXTS)]
    file.write_text("\n".join(rows), encoding="utf-8")
    return loaded(context, file, name="texts")


def matching(context: Context, dataset: Dataset, words: str) -> list[int]:
    """The rows that have any of the words, best first."""
    where = row_filter(dataset, {"where": f"match = {words}"})
    found = page_of_ids(context.store, dataset.latest_version_id, where, 50, 0, BEST)
    assert sorted(found) == sorted(ids_of(context.store, dataset.latest_version_id, where).tolist())
    total, again = count_and_page_of_ids(context.store, dataset.latest_version_id, where, 50, 0, BEST)
    assert (total, again) == (len(found), found)
    return found


def test_the_best_match_comes_first(context: Context, texts: Dataset) -> None:
    assert matching(context, texts, "late refund") == [3, 0, 1, 2]
    assert matching(context, texts, "art") == [9, 10]
    assert matching(context, texts, "nowhere to be found in Ünderland") == matching(context, texts, "to in be")
    assert matching(context, texts, "nowhere") == []


def test_chinese_japanese_and_korean_are_found_within_their_sentences(context: Context, texts: Dataset) -> None:
    assert matching(context, texts, "产品质量") == [5, 6]
    assert matching(context, texts, "质量不错")[0] == 6
    assert matching(context, texts, "差") == [5]
    assert matching(context, texts, "货") == [5]
    assert matching(context, texts, "タワー") == [7]
    assert matching(context, texts, "날씨") == [8]


def test_the_words_of_the_search_box_sort_its_rows(context: Context, texts: Dataset, tmp_path: Path) -> None:
    query = {"words": "late refund", "order": "match"}
    listed = rows_listed(texts, query)
    where = row_filter(texts, query)
    assert listed.order == BEST and write_order(BEST, row_columns(texts)) == "match"
    assert page_of_ids(context.store, texts.latest_version_id, where, 9, 0, listed.order) == [3, 0]
    out = export_list(
        context.store, texts.latest_version_id, tmp_path / "o.csv", "csv", where, listed.order, listed.columns[:1]
    )
    assert out.read_text().split() == ["example_id", "3", "0"]
    every = page_of_ids(context.store, texts.latest_version_id, row_filter(texts, {}), 50, 0, BEST)
    assert every == page_of_ids(context.store, texts.latest_version_id, row_filter(texts, {}), 50, 0, BY_ROW)


def test_the_index_can_go_and_what_is_typed_is_no_sql(context: Context, texts: Dataset) -> None:
    assert matching(context, texts, "late") == [0, 3]
    index_file(context.store, texts.dataset_id).unlink()
    assert matching(context, texts, "late") == [0, 3]
    assert matching(context, texts, "it's ') OR 1=1 -- %") != list(range(12))
    assert "'it''s'" not in scores_sql(context.store, texts.latest_version_id, "it's")
    assert matching(context, texts, "?!") == []
    with pytest.raises(UsageError, match="match = late refund"):
        ids_of(context.store, texts.latest_version_id, row_filter(texts, {"where": "match present"}))
