"""What every modality says of itself in plain facts. Light: the web process reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.modalities.faults import Fault
from core.records import AttributeKind, Column, Strategy

WORDS: Final = "text"
"""The column of every examples table that says an example in words, VARCHAR: a text itself, the name of a file. It is
what people search and what a list shows."""
MEDIA: Final = "media_id"
"""The column with the place of an example's file below the workspace's media, VARCHAR; NULL where a cell holds it."""

DERIVED: Final = "derived_"
"""How the columns of derived attributes begin in what jobs read; no other column does."""

Rows = Sequence[Mapping[str, Any]]
"""The first rows of a source: column → value."""


@dataclass(frozen=True, slots=True)
class Derived:
    """An attribute made from the example."""

    name: str
    """As the person sees it."""
    column: str
    kind: AttributeKind
    sql: str
    """An expression over the columns of the examples table."""
    function: Callable[[Sequence[str]], list[str]] | None = None
    """What is made of the expression's values, some thousands at a time; None: the attribute is the expression."""
    about: str = ""
    """What is counted, in a sentence, where the name does not say all of it."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a bundled model is trained with that learns otherwise than large transformers."""

    learning_rates: Mapping[Strategy, float]
    steps: int
    """About so many, by as many epochs."""
    epochs: tuple[int, int]
    """At least and at most."""
    solved: bool = False
    """Whether its last layer begins as the one that a quick retrain solves for, and not at random."""


@dataclass(frozen=True, slots=True)
class FineTuning:
    """What a fine-tune of a modality's models starts from."""

    models: tuple[str, ...]
    """Models that come with Winnow, the usual one first."""
    such_as: str
    """A model that a person may name, in words."""
    learning_rates: Mapping[Strategy, float]
    """Of the strategies with epochs, for the usual batch."""
    settings: frozenset[str]
    """Names in `core.finetune.settings` of what only this modality's models can be told."""
    marks: tuple[str, ...]
    """Files of which a saved model's folder has at least one where its examples are of this modality."""
    snippet: str
    """Python that loads a saved model with transformers, up to its `logits`; `{folder}` and `{answer}` are put in."""
    at_once: bool = False
    """Whether its models are fitted to examples as they are, by the heavy half's `learner`: there are no layers to
    choose from and no steps to set. A scan asks such a model too, beside its heads."""
    courses: Mapping[str, Course] = field(default_factory=dict)
    """What holds in place of the learning rates above, by bundled model."""
    marked_by: str = ""
    """A key that the `marks`, JSON files, have, where models of another modality have files of these names."""

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """Those that its models can be trained by, quickest first; of a single one nothing is asked."""
        return ("head",) if self.at_once else ("head", "last", "full")


def beginning(text: str, most: int) -> str:
    """The first words of a text, in one line of so many characters at most; `…` says that there is more."""
    if len(text) <= most:
        return " ".join(text.split())
    return f"{' '.join(text[: most - 1].split())}…"


@dataclass(frozen=True, slots=True, eq=False)
class Modality:
    """What an example is."""

    name: str
    """One example in words, too: text, image."""
    many: str
    """Several of them in words."""
    icon: str
    """A Material symbol, before a dataset's name."""
    row_height: int
    """Pixels of a row of a list."""
    in_files: bool
    """Whether an example is a file below the workspace's media, which a job decodes and checks; else it is a cell."""
    find: Callable[[Sequence[Column], Rows], Column | None]
    """The column that most likely holds the examples, by its name and its values; None where none does."""
    derived: tuple[Derived, ...]
    """A source's own column of the same name keeps it; the store finds another for the derived one."""
    near_similarity: float
    """Cosine in the heavy half's `near_space` from which two examples are near-duplicates."""
    encoders: tuple[str, ...]
    """Names in `core.modalities.encoders.ENCODERS` that a scan uses unless told otherwise, quickest first."""
    fine_tuning: FineTuning
    heavy: str
    """The dotted module of its heavy half, see `core.modalities.heavy`. Only jobs import it."""
    faults: tuple[Fault, ...] = ()
    """What can be wrong with an example as it is, which a scan looks for."""
    asked: tuple[str, ...] = ()
    """Columns of those of `derived` that faults are told from, where they are made already."""
    seconds_to_read: float = 0.0
    """In which two cores read, check and keep one file of next to no size, where an example is one."""
    suffixes: frozenset[str] = frozenset()
    """What the names of its files end in, in small letters with the dot; empty where an example is a cell."""
    measures: tuple[str, ...] = ()
    """Columns of numbers that a load measures of each file."""
    folder_format: str | None = None
    """The export that is a folder of its files; None where it has none."""
    features: Callable[[Sequence[Column]], tuple[str, ...]] | None = None
    """Where an example is several columns of a source: which of those without a role they are. The store keeps each as
    an attribute, and all of a row as a JSON object in `WORDS`. None where an example is one column."""

    line: Callable[[str, int], str] = beginning
    """What `WORDS` holds, in one line of so many characters at most."""
    fields: Callable[[str], Mapping[str, Any]] = lambda text: {}
    """The columns of an example out of `WORDS`, where it is several: name → value, None where it is missing."""

    @property
    def written(self) -> bool:
        """Whether `WORDS` holds what somebody wrote, rather than a file's name or the features of a row."""
        return not self.in_files and self.features is None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of an examples table that hold an example."""
        return (WORDS, MEDIA) if self.in_files else (WORDS,)

    @property
    def exported(self) -> tuple[str, ...]:
        """Those of them that an export has beside the attributes."""
        return () if self.features else self.columns

    @property
    def payload(self) -> str:
        """The one of them that a job reads the example by."""
        return self.columns[-1]
