"""A target whose labels are read and written under the names that people gave classes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from core.targets.contract import Target


def under_names(target: Target, names: Mapping[str, str]) -> Target:
    """The target with `names` by class: it says labels by them, and takes a label that somebody wrote by class or by
    name. What is stored, counted and trained on stays the class."""
    if not names:
        return target
    codes = {name: code for code, name in names.items()}

    def called(one: str) -> str:
        return names.get(one, one)

    def words(label: str) -> str:
        return target.words(target.renamed(label, called))

    def words_in(label: str, text: str) -> str:
        assert target.words_in is not None
        return target.words_in(target.renamed(label, called), text)

    def tidied(label: str) -> str:
        found = target.tidied(label)
        try:
            return target.renamed(found, lambda one: codes.get(one, one))
        except (ValueError, TypeError):
            return found  # no label: `objection` says why

    def objection(label: str, known: Set[str], called: Set[str] = frozenset(), /) -> str:
        return target.objection(label, known, called | codes.keys())

    located = words_in if target.words_in else None
    return replace(target, words=words, words_in=located, tidied=tidied, objection=objection)
