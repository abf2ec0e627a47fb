"""What people made of a version, carried to its masked copy: verdicts, tags, and what classes are called.

Not carried are rules, slices and saved queries, whose conditions may name what is masked, and scans and runs, which
know the rows as they were.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.jobs.mask.spec import MaskLoadSpec
from core.personal import masked
from core.records import ALSO, ASIDE, EXAMPLE_ID, LIST, SETTLES, Dataset, Decision, Job, MaskedCopy, TagAct, Version
from core.store.acts.carried import Parts, applied, pending, said_before, said_here
from core.store.acts.in_force import AFTER_VERDICT, BY_CLASS
from core.store.acts.tags import tag_names, tagged_ids
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.versions import add_fingerprint, get_version, list_versions, make_review_version
from core.words import stored

_SHOWN = (
    *("given_label", "suggested_label", "score", "tier", "blind", BY_CLASS, AFTER_VERDICT),
    *(LIST, SETTLES, ASIDE, ALSO),
)
"""What of that which was shown goes along: nothing that could be of a text."""


def carry(context: Context, spec: MaskLoadSpec, rows: Path, made: Dataset, job: Job) -> None:
    """Gives the masked dataset all of it and writes down where it comes from; a second call changes nothing. `rows`:
    what was loaded, in whose order the masked dataset numbers its rows."""
    version = get_version(context.store, spec.version_id)
    ids = np.asarray(pq.read_table(rows, columns=[EXAMPLE_ID])[EXAMPLE_ID].to_numpy(), np.int64)
    of = get_dataset(context.store, version.dataset_id)
    _classes(context, of, made)
    _tags(context, of, made, ids, job)
    _decisions(context, version, made, ids, job)
    how = spec.mask.how
    context.ledger.masking.keep_copy(
        MaskedCopy(
            *(made.dataset_id, of.dataset_id, version.version_id, of.name, version.number, how.manner, how.kinds),
            *(spec.mask.names, spec.mask.some, job.created_by, made.created_at),
        )
    )


def carry_rule(context: Context, spec: MaskLoadSpec, dataset_id: str, job: Job) -> None:
    """Has a masked dataset of one that is always masked be so too, where only some kinds or some rows of it were
    masked: it holds the others as they were."""
    of = get_version(context.store, spec.version_id).dataset_id
    if (spec.mask.how.kinds or spec.mask.some) and of in context.ledger.masking.on():
        context.ledger.masking.append(dataset_id, True, job.created_by)


def _classes(context: Context, of: Dataset, made: Dataset) -> None:
    said = context.ledger.classes.standing(of.dataset_id).values()
    act = new_id()
    context.ledger.classes.append(
        [
            replace(one, act_id=act, dataset_id=made.dataset_id, name=masked(one.name), guideline=masked(one.guideline))
            for one in said
        ],
        0,  # nobody has said anything of its classes yet, or this was done
    )


def _tags(context: Context, of: Dataset, made: Dataset, ids: NDArray[np.int64], job: Job) -> None:
    acts = []
    for number, tag in enumerate(tag_names(context.store, of.dataset_id)):
        has = np.flatnonzero(np.isin(ids, tagged_ids(context.store, of.dataset_id, tag)))
        act_id, among = f"{job.job_id}-tag-{number}", stored(f"masked copy of {of.name}")
        act = TagAct(
            *(act_id, made.dataset_id, masked(tag), True, among, job.created_by, made.created_at), rows=len(has)
        )
        acts += [(act, has)] if len(has) else []
    context.ledger.tags.append(acts)


def _decisions(context: Context, version: Version, made: Dataset, ids: NDArray[np.int64], job: Job) -> None:
    """Those that the version has applied are on the first version, of which another is made; those on the version
    itself are on that."""
    versions = list_versions(context.store, made.dataset_id)
    load = versions[0]
    _write(context, said_before(context.store, version), load, ids, f"{job.job_id}-said")
    done = _write(context, applied(context.store, version), load, ids, f"{job.job_id}-applied")
    if done and len(versions) == 1:
        note = masked(version.note) if version.kind == "review" else ""
        versions.append(make_review_version(context.store, load.version_id, note, job.created_by))
    if done:
        add_fingerprint(context.store, versions[1].version_id)
    last = versions[-1] if done else load
    _write(context, said_here(context.store, version), last, ids, f"{job.job_id}-said-open")
    _write(context, pending(context.store, version), last, ids, f"{job.job_id}-open")


def _write(context: Context, parts: Parts, onto: Version, ids: NDArray[np.int64], key: str) -> bool:
    """Whether there was any."""
    some = False
    for part in parts:
        rows = np.array([one.example_id for one in part], np.int64)
        places = np.minimum(np.searchsorted(ids, rows), len(ids) - 1)
        there = ids[places] == rows  # not those that the version excludes
        context.ledger.decisions.append(
            [_carried(one, onto, int(place), key) for one, place, has in zip(part, places, there, strict=True) if has]
        )
        some = True
    return some


def _carried(one: Decision, onto: Version, place: int, key: str) -> Decision:
    of_many = ":" if ":" in one.client_key else "-"
    return replace(
        one,
        decision_id=new_id(),
        client_key=f"{key}{of_many}{place}{f'-{one.aside}' if one.aside else ''}",
        dataset_id=onto.dataset_id,
        version_id=onto.version_id,
        example_id=place,
        scan_id=None,
        shown={name: value for name, value in one.shown.items() if name in _SHOWN},
        note=None if one.note is None else masked(one.note),
    )
