import zipfile
from pathlib import Path

import pytest

from core.errors import SourceError
from core.modalities.file_fault import FileFault
from core.sources.images.source import SOURCE, Opener, members
from tests.images import png


def _zipped(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../a/1.png", "a/../../1.png", "/etc/1.png", "a\\..\\..\\1.png", "C:\\a\\1.png"])
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    archive = _zipped(tmp_path / "evil.zip", {"a/ok.png": png(1), name: png(2)})
    with pytest.raises(SourceError, match="leads outside"):
        members([str(archive)], None)
    assert sorted(child.name for child in tmp_path.iterdir()) == ["evil.zip"]


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    archive = _zipped(tmp_path / "bomb.zip", {"a/1.png": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(SourceError, match="as a ZIP bomb does"):
        members([str(archive)], None)


def test_a_member_that_holds_more_than_it_declares_is_set_aside(tmp_path: Path) -> None:
    archive = _zipped(tmp_path / "liar.zip", {"a/1.png": png(1), "b/2.png": png(2)})
    content = archive.read_bytes()
    size = len(png(1)).to_bytes(4, "little")
    archive.write_bytes(content.replace(size + size, (10).to_bytes(4, "little") * 2))
    with pytest.raises(FileFault, match="cannot be read"):
        Opener().read(members([str(archive)], None)[0])


def test_an_archive_that_has_lost_a_part_of_its_list_is_refused(tmp_path: Path) -> None:
    path = _zipped(tmp_path / "lost.zip", {f"a/{number}.png": png(number) for number in range(4)})
    content = bytearray(path.read_bytes())
    end = content.rfind(b"PK\5\6")
    content[end + 12 : end + 16] = (int.from_bytes(content[end + 12 : end + 16], "little") // 2).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"4 members and lists 2|not a readable ZIP"):
        members([str(path)], None)


def test_what_is_no_zip_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK no")
    with pytest.raises(SourceError, match="not a readable ZIP"):
        members([str(tmp_path / "a.zip")], None)


@pytest.mark.parametrize(
    ("name", "label", "split"),
    [
        ("cat/1.png", "cat", None),
        ("data/train/cat/1.png", "cat", "train"),
        ("validation/cat/1.png", "cat", "validation"),
        ("images/cat/1.png", "cat", None),
    ],
)
def test_class_and_split_come_from_the_folders(tmp_path: Path, name: str, label: str, split: str | None) -> None:
    other = name.replace("cat", "dog")
    found = members([str(_zipped(tmp_path / "a.zip", {name: png(1), other: png(2)}))], None)
    assert [(member.label, member.split) for member in found] == [(label, split), ("dog", split)]


def test_the_names_of_several_archives_name_their_splits(tmp_path: Path) -> None:
    archives = [_zipped(tmp_path / f"{name}.zip", {"a/1.png": png(1), "b/2.png": png(2)}) for name in ("train", "test")]
    found = members([str(archive) for archive in archives], None)
    assert [member.split for member in found] == ["train", "train", "test", "test"]


def test_files_that_are_no_images_are_set_aside_and_hidden_ones_passed_over(tmp_path: Path) -> None:
    files = {
        "a/1.png": png(1),
        "b/2.png": png(2),
        "a/notes.txt": b"x",
        "__MACOSX/a/._1.png": b"x",
        ".DS_Store": b"x",
        "top.png": b"x",
    }
    found = members([str(_zipped(tmp_path / "a.zip", files))], None)
    assert {member.name: member.fault for member in found if member.fault} == {
        "a/notes.txt": "not an image file (.txt)",
    }


def test_a_link_out_of_an_image_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(1))
    for name in ("a", "b"):
        (tmp_path / "root" / name).mkdir(parents=True)
        (tmp_path / "root" / name / "1.png").symlink_to(tmp_path / "secret.png")
    found = members([str(tmp_path / "root")], None)
    with pytest.raises(FileFault, match="leads outside"):
        Opener().read(found[0])


def test_a_folder_of_class_folders_is_claimed_by_this_source(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.png").write_bytes(png(1))
    assert SOURCE.claims(str(tmp_path))
