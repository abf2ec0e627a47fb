"""What of a workspace is whole: its three files, arrays, what jobs have made, images. Reads, and writes nothing."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.arrays import shards
from core.arrays.checksum import changed
from core.errors import StoreError, UsageError, WorkspaceDamagedError
from core.files import PART
from core.ledger.sqlite.look import LedgerLook, altered
from core.ledger.sqlite.look import look as look_at_ledger
from core.queue.table import problem_of
from core.services.context import check_store_is_there
from core.services.upkeep.backups import broken, list_backups
from core.services.upkeep.media import HOW, lacking
from core.settings import Workspace
from core.sqlite import tables_of
from core.store.schema import MIGRATIONS
from core.store.upkeep.look import StoreLook
from core.store.upkeep.look import look as look_at_store

State = Literal["whole", "damaged", "missing", "newer", "in use", "not yet there", "unfinished"]
WRONG: tuple[State, ...] = ("damaged", "missing", "newer")
ARRAYS = ("embeddings", "pixels", "tokens")
_RESTORE, _REPAIR = "`python -m core restore` gets it back", "`python -m core repair` removes it; it is computed again"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing of the workspace is."""

    what: str
    """Its path in the workspace, or what it is."""
    state: State
    said: str = ""
    """What is wrong with it, or how much of it there is."""
    step: str = ""
    """What to do."""

    @property
    def wrong(self) -> bool:
        return self.state in WRONG


def check(workspace: Workspace, look_at: Callable[[Path], StoreLook] = look_at_store) -> list[Finding]:
    """Everything that can be told. `look_at` reads the database. Raises `UsageError` where there is no workspace."""
    check_is_workspace(workspace)
    store, ledger = look_at(workspace.database), look_at_ledger(workspace.ledger)
    found = files_of(workspace, store, ledger)
    if store.schema == len(MIGRATIONS) and not any(one.wrong for one in found):
        found += _between(store, ledger)
    found += [_of_kind(workspace, kind) for kind in ARRAYS]
    found += broken_outputs(workspace)
    found += _images(workspace, store)
    left = len(unfinished(workspace))
    return found + ([Finding("files left half-written", "unfinished", f"{left:,}", _REPAIR)] if left else [])


def check_is_workspace(workspace: Workspace) -> None:
    """Raises `UsageError` where nothing of a workspace is there."""
    if not any(path.exists() for path in (workspace.database, workspace.ledger, workspace.runs, workspace.backups)):
        raise UsageError(f"There is no workspace at {workspace.root}.", "Name its folder: --workspace FOLDER.")


def files_of(workspace: Workspace, store: StoreLook | None = None, ledger: LedgerLook | None = None) -> list[Finding]:
    """The three files alone, each read whole."""
    store = store or look_at_store(workspace.database)
    ledger = ledger or look_at_ledger(workspace.ledger)
    return [_store(workspace, store), _ledger(workspace, store, ledger), _jobs(workspace)]


def _store(workspace: Workspace, found: StoreLook) -> Finding:
    name = workspace.database.name
    if not workspace.database.exists():
        try:
            check_store_is_there(workspace)
        except WorkspaceDamagedError as error:
            if error.file != workspace.database:
                return Finding(name, "missing", "whether anything was in it cannot be told", _RESTORE)
            return Finding(name, "missing", error.said, _RESTORE)
        return Finding(name, "not yet there")
    if found.in_use:
        why = f"another process has it open and could not have it read: {found.why_not}" if found.why_not else ""
        return Finding(name, "in use", why or "another process has it open: close that to have it read")
    if found.problem or found.log:
        return Finding(name, "damaged", found.problem or found.log, _RESTORE)
    if found.newer:
        return Finding(name, "newer", f"it has schema version {found.newer}", "update Winnow")
    if found.schema < len(MIGRATIONS):
        return Finding(name, "whole", f"of an earlier release: schema version {found.schema}, upgraded when opened")
    said = f"{len(found.datasets):,} datasets, {len(found.versions):,} versions"
    return Finding(name, "whole", said + found.unfinished)


def _ledger(workspace: Workspace, store: StoreLook, found: LedgerLook) -> Finding:
    name = workspace.ledger.name
    if found.problem:
        return Finding(name, "damaged", found.problem, _RESTORE)
    if found.newer:
        return Finding(name, "newer", f"it has version {found.newer}", "update Winnow")
    if found.empty:
        gone: State = "damaged" if workspace.ledger.exists() else "missing"
        expected = store.schema > 2 or store.problem or store.in_use
        return Finding(name, gone, "it has nothing in it", _RESTORE) if expected else Finding(name, "not yet there")
    if said := _altered(workspace):
        return Finding(name, "damaged", said, _RESTORE)
    said = f"{sum(found.acts.values()):,} acts, {len(found.finished):,} finished runs"
    return Finding(name, "whole", said + found.unfinished)


def _altered(workspace: Workspace) -> str:
    """Held against the newest backup whose copy of the ledger can be read."""
    name = workspace.ledger.name
    for backup in list_backups(workspace):
        if backup.files_of(name) and not broken(backup, name):
            count = altered(workspace.ledger, backup.path / name)
            if count is not None:
                return f"{count:,} acts read otherwise than in the backup {backup.name}" if count else ""
    return ""


def _jobs(workspace: Workspace) -> Finding:
    name = workspace.jobs_database.name
    try:
        problem = problem_of(workspace.jobs_database)
    except StoreError:
        return Finding(name, "newer", "it is of a newer Winnow", "update Winnow")
    folders = sum(1 for _ in workspace.runs.glob("*/spec.json"))
    back = "`python -m core repair` makes it anew from the job folders"
    if problem:
        return Finding(name, "damaged", problem, back)
    if not tables_of(workspace.jobs_database):
        gone: State = "damaged" if workspace.jobs_database.exists() else "missing"
        said = f"there are {folders:,} job folders that it should list"
        return Finding(name, gone, said, back) if folders else Finding(name, "not yet there")
    return Finding(name, "whole", f"{folders:,} job folders")


def _between(store: StoreLook, ledger: LedgerLook) -> Iterator[Finding]:
    """What one file knows of and the other lacks."""
    if lost := {*ledger.acts, *ledger.versions.values()} - store.datasets:
        acts = sum(ledger.acts.get(dataset, 0) for dataset in lost)
        said = f"{acts:,} acts are on {len(lost):,} datasets that winnow.duckdb has not"
        step = "`python -m core repair` loads tables again whose source is as it was; load others anew"
        yield Finding("datasets", "missing", said, step)
    kept = {version for version, dataset in ledger.versions.items() if dataset in store.datasets}
    if store.newest_act > ledger.newest_act:
        said = f"number {store.newest_act:,}, of which a version is made, is above the last, {ledger.newest_act:,}"
        yield Finding("acts", "missing", said, "`python -m core restore --all` goes back to a backup that has them")
    if versions := kept - store.versions:
        yield Finding("versions", "missing", f"{len(versions):,}", "`python -m core repair` makes them again")
    if runs := ledger.finished - store.runs:
        yield Finding("predictions", "missing", f"of {len(runs):,} runs", "`python -m core repair` takes them in again")


def broken_shards(workspace: Workspace) -> list[tuple[Path, str]]:
    """Every shard that is not as it was written, and why."""
    every = [shard for kind in ARRAYS for shard in (workspace.arrays / kind).glob("*/*.digests.npy")]
    return [(shard, problem) for shard in every if (problem := shards.problem_of(shard))]


def _of_kind(workspace: Workspace, kind: str) -> Finding:
    every = list((workspace.arrays / kind).glob("*/*.digests.npy"))
    broken = [problem for shard in every if (problem := shards.problem_of(shard))]
    if broken:
        return Finding(f"arrays/{kind}", "damaged", f"{len(broken):,} of {len(every):,} shards: {broken[0]}", _REPAIR)
    return Finding(f"arrays/{kind}", "whole", f"{len(every):,} shards")


def broken_outputs(workspace: Workspace) -> list[Finding]:
    """Files that finished jobs have made and that are not as they were written; those of before there were checksums,
    as far as their form tells: arrays, tables, models."""
    found = []
    for result in sorted(workspace.runs.glob("*/result.json")):
        output = result.parent / "output"
        for path in sorted(output.rglob("*")):
            if problem := changed(path, output) or problem_of_output(path):
                step = "do that job again: its model or its figures cannot be read"
                found.append(Finding(str(path.relative_to(workspace.root)), "damaged", problem, step))
    return found


def problem_of_output(path: Path) -> str:
    """What is wrong with a file by its form: an empty text where nothing can be told."""
    try:
        if path.suffix == ".npy":
            np.load(path, mmap_mode="r", allow_pickle=False)
        elif path.suffix == ".parquet":
            return _problem_of_parquet(path)
        elif path.suffix == ".safetensors":
            return _problem_of_tensors(path)
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, EOFError, struct.error, KeyError, TypeError, AttributeError) as error:
        return str(error) or type(error).__name__
    return ""


def _problem_of_parquet(path: Path) -> str:
    content, said = path.stat().st_size, "it is no Parquet file any more"
    if content < 12:
        return said
    with path.open("rb") as opened:
        front = opened.read(4)
        opened.seek(max(0, content - 8))
        (length,), back = struct.unpack("<I", opened.read(4)), opened.read(4)
    return "" if front == back == b"PAR1" and length + 12 <= content else said


def _problem_of_tensors(path: Path) -> str:
    size = path.stat().st_size
    with path.open("rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8).ljust(8, b"\xff"))
        if length > size:
            return "it is no file of tensors any more"
        header = json.loads(opened.read(length))
    end = max((one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"), default=0)
    return "" if size == 8 + length + end else f"it has {size:,} bytes of {8 + length + end:,}"


def _images(workspace: Workspace, store: StoreLook) -> Iterator[Finding]:
    """Originals are named by their digest."""
    every = [path for path in workspace.media.glob("??/*.*") if len(path.stem) == 64]
    broken = [path for path in every if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]
    if count := lacking(workspace, store.media):
        said = f"{count:,} of {len(store.media):,} images and sounds are not in {workspace.media}"
        yield Finding("media", "missing", said, HOW)
    if broken:
        said = f"{len(broken):,} of {len(every):,} are not as they were loaded, {broken[0].name} first"
        yield Finding("media", "damaged", said, "load the images again")
    elif every and not count:
        yield Finding("media", "whole", f"{len(every):,} images")


def unfinished(workspace: Workspace) -> list[Path]:
    """What was being written when a process was killed, and parts of arrays that never came to count."""
    folders = (workspace.arrays, workspace.media, workspace.backups, workspace.uploads)
    parts = [path for folder in folders if folder.is_dir() for path in folder.rglob(f"*{PART}")]
    parts += [*workspace.root.glob(f"*{PART}"), *workspace.runs.glob(f"*/output/*{PART}")]
    for kind in ARRAYS:
        for path in (workspace.arrays / kind).glob("*/*.*.*"):
            if path.suffix != PART and not path.with_name(f"{path.name.partition('.')[0]}.digests.npy").exists():
                parts.append(path)
    return sorted(parts)
