"""Maps of rows, which lie beside the store: one by UMAP takes minutes to make. A backup has them, and a restore brings
those that are not there."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.context import Context
from core.files import whole
from core.services.upkeep.backups import MAPS, Backup, broken


def bring_maps(context: Context, backup: Backup) -> int:
    """Copies the maps of a backup that the workspace lacks, of datasets that it has; returns how many. One that is not
    as it was written is left out: it can be made again."""
    known = {dataset_id for (dataset_id,) in context.store.fetch("SELECT dataset_id FROM datasets")}
    brought = 0
    for one in backup.files:
        target = context.workspace.root / one.name
        if not one.name.startswith(f"{MAPS}/") or Path(one.name).parent.name not in known or target.exists():
            continue
        if not broken(backup, one.name):
            target.parent.mkdir(parents=True, exist_ok=True)
            with whole(target) as part:
                shutil.copyfile(backup.source(one), part)
            brought += 1
    return brought
