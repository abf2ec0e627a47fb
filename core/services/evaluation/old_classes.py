"""Whether a run has learnt classes that the version whose labels count no longer has."""

from __future__ import annotations

from core.context import Context
from core.lookalikes import quoted
from core.records import Run
from core.services.evaluation.words import NAMED, AnyEvaluation
from core.store.datasets import get_dataset
from core.store.telling.class_lists import class_list
from core.store.versions import get_version
from core.words import say


def old_classes(context: Context, run: Run, found: AnyEvaluation) -> list[str]:
    """A sentence, where there are some: what the run says of these classes is held against labels without them."""
    version, learnt = get_version(context.store, found.version_id), get_version(context.store, run.version_id)
    known, dataset = class_list(context.store, version), get_dataset(context.store, run.dataset_id)
    gone = [dataset.called(one) for one in run.labels if one not in known] if known else []
    if not gone or version.version_id == learnt.version_id:
        return []
    more = say(" and {n} more", n=len(gone) - NAMED) if len(gone) > NAMED else ""
    return [
        say(
            "Run {run} learnt the classes of version {learnt}, and version {version}, whose labels count here, has no "
            "class {names}{more} any more: rows that it calls so are wrong here. Train on version {version}.",
            run=run.number,
            learnt=learnt.number,
            version=version.number,
            names=say(", ").join(quoted(one) for one in gone[:NAMED]),
            more=more,
        )
    ]
