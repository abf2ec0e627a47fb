"""The kinds of jobs that there are: the only list of them. Light, like every web half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.jobs.cleaning_effect.web import CLEANING_EFFECT
from core.jobs.groups.web import GROUPS
from core.jobs.hub.web import HUB
from core.jobs.kind import JobKind
from core.jobs.load.web import LOAD
from core.jobs.map.web import MAP
from core.jobs.mask.web import MASK
from core.jobs.masked_rows.web import MASKED_ROWS
from core.jobs.mitigation.web import MITIGATION
from core.jobs.predict.web import PREDICT
from core.jobs.proof.web import PROOF
from core.jobs.scan.web import SCAN
from core.jobs.train.web import TRAIN

KINDS: Mapping[str, JobKind[Any, Any]] = {
    kind.name: kind
    for kind in (
        LOAD,
        HUB,
        GROUPS,
        SCAN,
        TRAIN,
        CLEANING_EFFECT,
        PREDICT,
        MAP,
        PROOF,
        MITIGATION,
        MASK,
        MASKED_ROWS,
    )
}
"""By name. A job of any other kind is a thread's, or of another release: it can be looked at, not started again."""
