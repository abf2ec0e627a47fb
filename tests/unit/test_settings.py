"""What a path means that a person wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import UsageError
from core.finetune.settings import check
from core.modalities.model_files import model_folder
from core.records import TrainSpec
from core.settings import allowed_folders, workspace

NOBODY = "~nobody-of-that-name/x"


@pytest.mark.parametrize(
    "read",
    [workspace, model_folder, lambda path: check(TrainSpec(model=path))],
    ids=["workspace", "encoder", "fine-tune"],
)
def test_the_home_folder_of_nobody_is_named(read: Callable[[str], object]) -> None:
    with pytest.raises(UsageError, match=r"~nobody-of-that-name/x: .* no user 'nobody-of-that-name'"):
        read(NOBODY)


def test_the_home_folder_of_nobody_among_the_allowed_folders_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", f"{tmp_path}:{NOBODY}")
    with pytest.raises(UsageError, match="no user 'nobody-of-that-name'"):
        allowed_folders()
