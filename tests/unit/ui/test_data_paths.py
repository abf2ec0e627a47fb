"""Server paths stay inside the allowed folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SourceError
from core.ui.parts import paths as data_paths
from core.ui.parts.paths import checked, inside, list_folder, typable


@pytest.fixture
def allowed(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.csv").write_text("text,label\n")
    (folder / ".hidden").write_text("")
    (tmp_path / "secret.csv").write_text("no")
    return folder


def test_relative_and_absolute_paths_inside_are_found(allowed: Path) -> None:
    assert inside("b.csv", (allowed,)) == inside(str(allowed / "b.csv"), (allowed,)) == (allowed / "b.csv").resolve()


@pytest.mark.parametrize("typed", ["../secret.csv", "/etc/passwd", "sub/../../secret.csv"])
def test_a_path_outside_is_refused_with_the_folders_that_are_allowed(allowed: Path, typed: str) -> None:
    with pytest.raises(SourceError, match="outside") as caught:
        inside(typed, (allowed.resolve(),))
    assert str(allowed.resolve()) in caught.value.hint


def test_a_path_outside_is_refused_with_the_command_that_would_allow_its_folder(allowed: Path) -> None:
    other = allowed / "my data"
    with pytest.raises(SourceError) as caught:
        inside("/srv/sets/a.csv", (allowed, other))
    assert caught.value.command == f"WINNOW_DATA_FOLDERS='{allowed}:{other}:/srv/sets' make app"
    with pytest.raises(SourceError) as caught:
        inside("/srv/sets", (allowed,))
    assert caught.value.command == f"WINNOW_DATA_FOLDERS={allowed}:/srv/sets make app"


def test_a_link_that_leads_outside_is_refused(allowed: Path) -> None:
    (allowed / "link.csv").symlink_to(allowed.parent / "secret.csv")
    with pytest.raises(SourceError, match="outside"):
        inside("link.csv", (allowed.resolve(),))


def test_a_path_that_is_not_there_is_named(allowed: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.csv does not exist"):
        inside("nothing.csv", (allowed.resolve(),))


def test_only_the_entries_that_are_listed_are_looked_at(allowed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    entry_of = data_paths._entry
    monkeypatch.setattr(data_paths, "MAX_ENTRIES", 2)
    monkeypatch.setattr(data_paths, "_entry", lambda found: looked.append(found.name) or entry_of(found))
    for name in "cdefg":
        (allowed / f"{name}.csv").write_text("")
    assert [entry.path.name for entry in list_folder(allowed)] == ["sub", "b.csv"] == looked


def test_a_listing_has_folders_first_and_no_hidden_files(allowed: Path) -> None:
    assert [entry.path.name for entry in list_folder(allowed)] == ["sub", "b.csv"]


def test_where_others_can_come_a_model_lies_in_the_allowed_folders(
    allowed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(allowed))
    monkeypatch.setenv("WINNOW_I_KNOW", "1")
    for name in ("minilm", "owner/model", "", str(allowed / "sub")):
        assert checked(name) == name
    (allowed / "out").symlink_to("/etc")
    for path in ("/etc", "~", "..", str(allowed / "out"), "/no/such/folder"):
        with pytest.raises(SourceError, match="outside"):
            checked(path)


def test_whoever_is_alone_names_any_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINNOW_DATA_FOLDERS", raising=False)
    monkeypatch.delenv("WINNOW_TOKEN", raising=False)
    assert typable() is None
    assert checked("/etc") == "/etc"


def test_what_others_upload_is_free_on_no_way(allowed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINNOW_WORKSPACE", str(allowed / "workspace"))
    uploads = allowed / "workspace" / "uploads"
    uploads.mkdir(parents=True)
    for holding in (uploads, uploads.parent, allowed):
        with pytest.raises(SourceError, match=r"outside|upload"):
            data_paths._free_of_uploads(holding, (allowed.resolve(),))
    assert data_paths._free_of_uploads(allowed / "sub", (allowed.resolve(),)) == str((allowed / "sub").resolve())


def test_where_every_account_of_the_machine_is_let_in_paths_are_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINNOW_DATA_FOLDERS", raising=False)
    monkeypatch.setattr("core.ui.shell.guard._bound_to_loopback", lambda: True)
    monkeypatch.setenv("WINNOW_TOKEN", "")
    assert typable() is not None
    monkeypatch.setenv("WINNOW_TOKEN", "a word")
    assert typable() is None
