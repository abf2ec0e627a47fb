"""Images come back with a backup that has them; after one that has not, what is missing is said, where, and how."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from core.__main__ import main
from core.context import Context
from core.errors import NotFoundError
from core.records import Dataset
from core.services.context import open_context
from core.services.media import original, thumbnail
from core.services.upkeep.backups import make_backup
from core.services.upkeep.media import bring, lacks, media
from core.settings import Workspace
from core.store.datasets import list_datasets
from core.store.rows import get_rows

Said = pytest.CaptureFixture[str]


def ids(context: Context, dataset: Dataset) -> list[str]:
    return [row.media_id or "" for row in get_rows(context.store, dataset.latest_version_id, range(6))]


def run(capfd: Said, *arguments: object) -> tuple[int, str, str]:
    capfd.readouterr()
    code = main([str(one) for one in arguments])
    said = capfd.readouterr()
    return code, said.out, said.err


def test_a_backup_with_files_makes_a_whole_workspace_elsewhere(
    context: Context, pets: Dataset, tmp_path: Path, capfd: Said
) -> None:
    home, wanted = context.workspace.root, {one: original(context, one) for one in ids(context, pets)}
    context.close()
    code, out, err = run(capfd, "backup", "--with-files", "--to", tmp_path / "kept", "--workspace", home)
    assert code == 0 and "12 files" in err and "and 12 of images and sounds" in out, (out, err)
    [kept] = (tmp_path / "kept").iterdir()
    shutil.rmtree(home)
    new = tmp_path / "elsewhere" / "workspace"
    code, out, err = run(capfd, "restore", kept, "--all", "--workspace", new)
    assert code == 0 and "Images and sounds of the backup: 6." in out and "sounds are missing" not in out, (out, err)
    with closing(open_context(Workspace(new))) as there:
        [dataset] = list_datasets(there.store)
        assert {one: original(there, one) for one in ids(there, dataset)} == wanted
        assert all(thumbnail(there, one) for one in wanted)
    code, out, _ = run(capfd, "check", "--workspace", new)
    assert code == 0 and "6 images" in out, out


def test_after_a_backup_without_files_it_is_said_what_is_missing_where_and_how_it_comes_back(
    context: Context, pets: Dataset, tmp_path: Path, capfd: Said
) -> None:
    home, new = context.workspace.root, tmp_path / "new"
    made = make_backup(context.workspace, context.store, "asked", tmp_path / "kept")
    context.close()
    assert made is not None and made.media == 0
    code, out, err = run(capfd, "restore", made.path, "--all", "--workspace", new)
    assert code == 0, err
    assert f"6 images or sounds are missing in {new}/media: pets 6 of 6." in out and "media --from FOLDER" in out
    code, out, _ = run(capfd, "check", "--workspace", new)
    assert code == 1 and f"6 of 6 images and sounds are not in {new}/media" in out
    code, out, _ = run(capfd, "media", "--from", home, "--workspace", new)
    assert code == 0 and f"No image or sound is missing in {new}/media." in out, out
    assert run(capfd, "check", "--workspace", new)[0] == 0


def test_what_is_not_what_its_name_says_is_left_and_counted(context: Context, pets: Dataset, tmp_path: Path) -> None:
    folder, names = context.workspace.media, ids(context, pets)
    shutil.copytree(folder, tmp_path / "there" / "media")
    shutil.rmtree(folder)
    assert lacks(context, pets) and media(context).count == 6
    (tmp_path / "there" / "media" / names[0]).write_bytes(b"another")
    done = bring(context, tmp_path / "there")
    assert (done.brought, done.changed, done.count) == (5, 1, 1) and not (folder / names[0]).exists()
    assert lacks(context, pets) and thumbnail(context, names[1])
    with pytest.raises(NotFoundError, match="holds no images or sounds of a workspace"):
        bring(context, tmp_path)
