"""Of which datasets whatever leaves is masked: the newest word holds, and is gone with its dataset."""

from __future__ import annotations

from pathlib import Path

from core.ledger.sqlite import SqliteLedger


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
