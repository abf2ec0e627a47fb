"""Nothing outside a modality's rooms asks which modality it has before it, and every modality and target is whole."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from core.modalities import MODALITIES, Modality
from core.modalities.encoders import ENCODERS
from core.modalities.heavy import HeavyModality, heavy_modality
from core.targets import TARGETS, Target
from core.targets.heavy import HeavyTarget, heavy_target
from core.ui.modalities import DRAWINGS

PROJECT = Path(__file__).parents[2]
ROOMS = ("core/modalities", "core/ui/modalities")
WORDS = "|".join(MODALITIES)
QUESTION = re.compile(
    rf"payload_kind|[\"'](?:{WORDS})[\"']|isinstance\([^)]*\b(?:Texts|Images|Lexical|TextModel|ImageModel)\b"
)
NO_MODALITY = {
    (
        "core/records/datasets.py",
        'AttributeKind = Literal["category", "number", "time", "text"]',
    ): "free text in a column",
    ("core/store/ingest/columns.py", 'return "text"'): "the same kind of column",
    (
        "core/services/map/colours.py",
        'return found + [f"{ATTRIBUTE}{one.column}" for one in dataset.attributes if one.kind != "text"]',
    ): "the same kind of column",
    (
        "core/store/ingest/columns.py",
        'return "category" if distinct <= max(_FEW, min(_MANY, row_count // 4)) else "text"',
    ): "the same kind of column",
    (
        "core/profile/columns.py",
        'number = "number" if one.kind in ("number", "time") else "text"',
    ): "the same kind of column",
    ("core/charts/grid.py", 'mode="text",'): "Plotly's word for a layer of numbers",
    (
        "core/store/schema.py",
        """\"\"\"UPDATE datasets SET task = task || '-classification' WHERE task IN ('text', 'image')\"\"\",""",
    ): "what release 0.1 wrote, and only it did",
}
"""Lines with such a word that means something else, and what."""


def _lines() -> list[tuple[str, int, str]]:
    files = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "pages").rglob("*.py")]
    named = [(file, file.relative_to(PROJECT).as_posix()) for file in files]
    return [
        (name, number, line.strip())
        for file, name in named
        if not name.startswith(ROOMS)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if QUESTION.search(line)
    ]


def test_no_line_outside_of_its_rooms_names_a_modality() -> None:
    assert [f"{name}:{number}: {line}" for name, number, line in _lines() if (name, line) not in NO_MODALITY] == []


def test_every_exception_is_still_needed() -> None:
    assert set(NO_MODALITY) == {(name, line) for name, _, line in _lines()}


def test_the_count_would_find_a_question() -> None:
    asked = ('if kind == "text":', "if task.payload_kind:", "x = 'image'", "if isinstance(self.preparation, Images):")
    assert all(QUESTION.search(line) for line in asked)
    assert not QUESTION.search("for image in images: text = texts[0]")


@pytest.mark.parametrize("modality", MODALITIES.values(), ids=list(MODALITIES))
def test_a_modality_has_its_heavy_half_its_drawing_and_its_encoders(modality: Modality) -> None:
    half = heavy_modality(modality)
    asked = {name for name, _ in inspect.getmembers(HeavyModality, inspect.isfunction) if not name.startswith("_")}
    assert len(asked) > 6
    missing = {name for name in asked if not callable(getattr(half, name, None))}
    needless = set() if modality.in_files else {"dataset_feature", "opened_file"}
    assert missing <= needless | (set() if modality.fine_tuning.at_once else {"learner", "opened"}) | (
        set() if modality.faults else {"faults"}
    )
    assert modality.name in DRAWINGS
    assert {ENCODERS[name]().kind for name in modality.encoders} == {modality.name}
    assert modality.payload in modality.columns


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_a_target_has_its_heavy_half(target: Target) -> None:
    half = heavy_target(target)
    asked = {name for name, _ in inspect.getmembers(HeavyTarget, inspect.isfunction) if not name.startswith("_")}
    assert asked and all(callable(getattr(half, name, None)) for name in asked)


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_rows_without_a_label_have_a_stratum_too(target: Target) -> None:
    label = {"one-class": "a", "multi-label": '["a"]', "spans": '[[0,1,"a"]]', "number": "1.5"}[target.name]
    first, none, again = target.strata([label, None, label]).tolist()
    assert first == again != none
