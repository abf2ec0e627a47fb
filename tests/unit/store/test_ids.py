from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from core.errors import NotFoundError
from core.store.ids import checked_id, new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    assert UUID(new_id()).version == 7


def test_ids_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)


def test_ids_made_by_many_threads_at_once_all_differ() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(4000)))
    assert len(set(made)) == 4000


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "'; DROP TABLE datasets; --", "G" * 32])
def test_what_is_no_id_never_reaches_sql(text: str) -> None:
    with pytest.raises(NotFoundError):
        checked_id(text, "version")
