"""What the folders that images lie in say of them: class and split."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.records import SPLIT_WORDS
from core.sources.guess import split_name
from core.words import stored

_NAMED = 3
"""Folders that a note names at most."""

Folder = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the images right in a folder are."""

    label: str | None = None
    split: str | None = None
    class_folder: Folder = ()
    """The folder that the label is from."""


def places(images: Mapping[Folder, int]) -> dict[Folder, Place]:
    """What each of the folders with images right in them says; `images` has how many.

    The class is the outermost folder on the way with at least as many images right in it as in the folders inside of
    it, which belong to the class then. Folders above name splits, and so do folders of splits inside of class folders
    (`cat/train`).
    """
    wrapper = _wrapper(list(images))
    deeper: dict[Folder, int] = {}
    for folder, count in images.items():
        for end in range(len(folder)):
            deeper[folder[:end]] = deeper.get(folder[:end], 0) + count
    whole = {folder for folder, count in images.items() if count >= deeper.get(folder, 0) and folder}
    return {folder: _place(folder, whole, wrapper) for folder in images}


def _place(folder: Folder, whole: Collection[Folder], wrapper: Folder | None) -> Place:
    start = len(wrapper or ()) + (wrapper is not None)
    inside = [folder[:end] for end in range(max(1, start), len(folder) + 1)]
    found = next((one for one in inside if one == folder or (one in whole and not split_name(one[-1]))), None)
    if found is None:
        return Place(split=next(filter(None, map(split_name, folder)), None))
    if len(inside) > 1 and _is_split(found) and not _is_split(found[:-1]) and found[:-1] in inside:
        return Place(found[-2], split_name(found[-1]), found[:-1])
    return Place(found[-1], next(filter(None, map(split_name, found[:-1])), None), found)


def _is_split(folder: Folder) -> bool:
    return folder[-1].lower() in SPLIT_WORDS


def _wrapper(folders: Sequence[Folder]) -> Folder | None:
    """The folders that all images share where some lie deeper: archives often wrap everything in one. An image right
    in there has no class."""
    shared = folders[0] if folders else ()
    for path in folders:
        while path[: len(shared)] != shared:
            shared = shared[:-1]
    return shared if any(len(path) > len(shared) for path in folders) else None


def notes_on(class_folders: Iterable[Folder], folders: Iterable[Folder]) -> list[str]:
    """What a person should know of the folders of images (class folder and folder of each): folders inside of class
    folders, classes at different depths, classes of one name in several places."""
    pairs = {(own, folder) for own, folder in zip(class_folders, folders, strict=True) if own}
    classes = sorted({own for own, _ in pairs})
    inner = sorted({folder for own, folder in pairs if folder != own and not _is_split(folder)})
    by_name: dict[str, set[Folder]] = {}
    for own in classes:
        by_name.setdefault(own[-1], set()).add(_without_splits(own))
    several = sorted(folder for same in by_name.values() if len(same) > 1 for folder in same)
    depths = {len(_without_splits(own)) for own in classes}
    notes = [stored(f"Folders inside of a class folder belong to its class: {_listed(inner)}.")] if inner else []
    if len(depths) > 1:
        deepest = [own for own in classes if len(_without_splits(own)) == max(depths)]
        notes.append(stored(f"Class folders lie at different depths: {_listed(deepest)} deeper than the others."))
    if several:
        notes.append(stored(f"Folders of one name are one class: {_listed(several)}."))
    return notes


def _without_splits(folder: Folder) -> Folder:
    return (*(part for part in folder[:-1] if split_name(part) is None), folder[-1])


def _listed(folders: Sequence[Folder]) -> str:
    more = f" and {len(folders) - _NAMED:,} more" if len(folders) > _NAMED else ""
    return ", ".join("/".join(folder) for folder in folders[:_NAMED]) + more
