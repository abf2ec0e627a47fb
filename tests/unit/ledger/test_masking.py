"""Of which datasets whatever leaves is masked: the newest word holds, and is gone with its dataset."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.ledger.sqlite import SqliteLedger
from core.records import MaskedCopy


def test_the_newest_word_holds_and_says_whose_it_is(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    assert ledger.masking.standing("a") is None and ledger.masking.on() == frozenset()
    ledger.masking.append("a", True, "ann")
    ledger.masking.append("b", True, "bob")
    ledger.masking.append("b", False, "cat")
    ledger.close()
    again = SqliteLedger(tmp_path / "ledger.sqlite")
    assert again.masking.on() == {"a"}
    found = [again.masking.standing(one) for one in ("a", "b")]
    assert [(one.on, one.by) for one in found if one] == [(True, "ann"), (False, "cat")]
    again.forget("a")
    assert again.masking.on() == frozenset() and again.masking.standing("b") is not None
    again.close()


def test_a_masked_copy_is_known_from_both_ends_until_it_is_forgotten(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    at = datetime(2026, 1, 2, tzinfo=UTC)
    first = MaskedCopy("b", "a", "v", "mails", 2, "hash", ("email", "ip"), True, False, "ann", at)
    ledger.masking.keep_copy(first)
    ledger.masking.keep_copy(replace(first, of_name="another"))
    ledger.masking.keep_copy(replace(first, dataset_id="c", kinds=()))
    assert ledger.masking.copy_of("b") == first and ledger.masking.copy_of("a") is None
    assert [one.dataset_id for one in ledger.masking.copies_of("a")] == ["c", "b"]
    ledger.forget("a")
    assert ledger.masking.copy_of("b") == first, "it says where it comes from though that is gone"
    ledger.forget("b")
    assert [one.dataset_id for one in ledger.masking.copies_of("a")] == ["c"]
    ledger.close()
