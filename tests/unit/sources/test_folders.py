from core.sources.images.folders import Place, notes_on, places


def _said(*paths: str) -> dict[str, tuple[str | None, str | None]]:
    """(class, split) of each folder, of which `name*3` has three images."""
    counts = {tuple(path.partition("*")[0].split("/")): int(path.partition("*")[2] or 1) for path in paths}
    return {"/".join(folder): (place.label, place.split) for folder, place in places(counts).items()}


def test_a_folder_inside_of_a_class_folder_belongs_to_the_class() -> None:
    assert _said("owl*4", "owl/young", "gull*4") == {
        "owl": ("owl", None), "owl/young": ("owl", None), "gull": ("gull", None),
    }  # fmt: skip


def test_a_stray_image_makes_no_class_of_a_folder_of_class_folders() -> None:
    assert _said("animals", "animals/cat*9", "animals/dog*9", "plants/rose*9") == {
        "animals": ("animals", None), "animals/cat": ("cat", None), "animals/dog": ("dog", None),
        "plants/rose": ("rose", None),
    }  # fmt: skip


def test_splits_are_read_above_and_below_the_class() -> None:
    assert _said("train/cat", "train/dog", "test/dog") == {
        "train/cat": ("cat", "train"), "train/dog": ("dog", "train"), "test/dog": ("dog", "test"),
    }  # fmt: skip
    assert _said("cat/训练", "cat/测试", "dog/训练")["cat/测试"] == ("cat", "test")
    assert _said("cat/train", "cat/val", "dog/train") == {
        "cat/train": ("cat", "train"), "cat/val": ("cat", "validation"), "dog/train": ("dog", "train"),
    }  # fmt: skip


def test_a_folder_around_everything_is_no_class() -> None:
    assert _said("pets", "pets/cat", "pets/dog") == {
        "pets": (None, None), "pets/cat": ("cat", None), "pets/dog": ("dog", None),
    }  # fmt: skip
    assert places({("cat",): 1}) == {("cat",): Place("cat", None, ("cat",))}


def test_what_folders_leave_open_is_said() -> None:
    own = [("owl",), ("owl",), ("bird", "gull"), ("fish", "gull"), ("train", "owl")]
    folders = [("owl",), ("owl", "young"), ("bird", "gull"), ("fish", "gull"), ("train", "owl")]
    assert notes_on(own, folders) == [
        "Folders inside of a class folder belong to its class: owl/young.",
        "Class folders lie at different depths: bird/gull, fish/gull deeper than the others.",
        "Folders of one name are one class: bird/gull, fish/gull.",
    ]
    assert notes_on([("cat",), ("train", "dog")], [("cat",), ("train", "dog")]) == []
