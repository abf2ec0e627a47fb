"""Maps are in backups, and come back where the workspace lacks them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.services.map.projections import projections
from core.services.upkeep.backups import list_backups, make_backup
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.maps.points import folder_of_maps, write_points
from tests.damage.conftest import opened
from tests.damage.ways import WAYS
from tests.integration.cli_support import Ran

Runs = Callable[..., Ran]


@pytest.fixture
def drawn(workspace: Workspace) -> Path:
    """A map by UMAP of the dataset's rows."""
    with opened(workspace) as context:
        dataset = get_dataset(context.store, "notes")
        path = folder_of_maps(context.store, dataset.dataset_id) / "umap-minilm.parquet"
        places = np.random.default_rng(0).standard_normal((120, 2)).astype(np.float32)
        write_points(path, np.arange(120), places, {"method": "umap", "encoder": "minilm"})
    return path


def test_a_map_is_in_the_backup_and_comes_back(workspace: Workspace, run: Runs, drawn: Path) -> None:
    before = drawn.read_bytes()
    made = run("backup", "--json").json
    name = f"arrays/maps/{drawn.parent.name}/umap-minilm.parquet"
    assert name in made["files"] and (Path(made["path"]) / name).read_bytes() == before
    drawn.unlink()
    done = run("restore", made["name"], "--all", "--json")
    assert done.code == 0, done.err
    assert done.json["maps"] == 1 and drawn.read_bytes() == before
    with opened(workspace) as context:
        [map_again] = projections(context, get_dataset(context.store, "notes"))
        assert (map_again.name, map_again.rows) == ("umap-minilm", 120)


def test_a_map_that_is_there_stays_and_one_that_changed_in_the_backup_is_left_out(
    workspace: Workspace, run: Runs, drawn: Path
) -> None:
    made = run("backup", "--json").json
    copy = Path(made["path"]) / f"arrays/maps/{drawn.parent.name}/umap-minilm.parquet"
    WAYS["flipped_in_front"](copy)
    drawn.unlink()
    done = run("restore", made["name"], "--all", "--json")
    assert (done.code, done.json["maps"]) == (0, 0) and not drawn.exists()
    drawn.write_bytes(b"newer")
    again = run("restore", made["name"], "--all", "--json")
    assert again.json["maps"] == 0 and drawn.read_bytes() == b"newer"


def test_a_map_is_a_change_that_a_backup_is_made_for(workspace: Workspace, drawn: Path) -> None:
    with opened(workspace) as context:
        first = make_backup(workspace, context.store, "daily")
        assert make_backup(workspace, context.store, "daily", unless_as=first) is None
        with_another = drawn.with_name("umap-other.parquet")
        with_another.write_bytes(drawn.read_bytes())
        second = make_backup(workspace, context.store, "daily", unless_as=first)
    assert first is not None and second is not None and len(second.files) == len(first.files) + 1
    assert list_backups(workspace)[0].size > first.size
