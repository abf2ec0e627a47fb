"""What a scan knows of its rows, for issue types to ask: each signal is made once, when the first type asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.duplicates.neighbourhood import Neighbourhood, SomeNeighbours
from core.modalities.suspicion import Suspicion
from core.personal import Personal
from core.targets import Labels

Probabilities = NDArray[np.floating[Any]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledWords:
    """The w words of n texts, whose labels are spans of k types."""

    texts: Sequence[str]
    spans: Sequence[Sequence[tuple[int, int, str]]]
    """The given spans of each text: start and stop in characters, and the type."""
    offsets: NDArray[np.int64]
    """(n + 1,) where the words of each text begin, and the last ones end."""
    bounds: NDArray[np.int64]
    """(w, 2) start and stop of each word, in characters of its text; none is cut by a given span."""
    labels: NDArray[np.int64]
    """(w,) 0 outside of all spans, else the type's number from 1 on."""
    probabilities: Probabilities
    """(w, k + 1) out-of-sample probabilities."""
    judged: NDArray[np.bool_]
    """(w,) False where the model that judged the word has never seen its type."""

    def among(self, rows: NDArray[np.int64]) -> LabelledWords:
        """The same of some texts (m,), ascending."""
        chosen = np.zeros(len(self.offsets) - 1, bool)
        chosen[rows] = True
        lengths = np.diff(self.offsets)
        kept = np.repeat(chosen, lengths)
        return LabelledWords(
            [self.texts[row] for row in rows],
            [self.spans[row] for row in rows],
            np.concatenate([[0], np.cumsum(lengths[rows])]),
            self.bounds[kept],
            self.labels[kept],
            self.probabilities[kept],
            self.judged[kept],
        )


class Signal(Generic[Value]):
    """One thing that is known of the rows, read as an attribute of `Signals`."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, signals: Signals, owner: type) -> Value:
        return cast(Value, signals.value(self.name))


class Signals:
    """Everything that is known of n rows and k classes. A new signal is a line here and its maker in the scan's job."""

    classes = Signal[Sequence[str]]()
    """Names of the k classes."""
    example_ids = Signal[NDArray[np.int64]]()
    """(n,) what evidence calls the rows."""
    labels = Signal[Labels]()
    """Given labels in their array form."""
    probabilities = Signal[Probabilities]()
    """(n, k) out-of-sample probabilities; may be a view of a file."""
    judged = Signal[NDArray[np.bool_]]()
    """(n,) False where the model that judged the row has never seen its label."""
    known = Signal[NDArray[np.bool_]]()
    """(n,) whether a person has confirmed the label."""
    before = Signal[Labels]()
    """The labels as they were before people corrected some, in their array form: what tells how labels come about."""
    embeddings = Signal[NDArray[np.float32]]()
    """(n, d) of the tier's newest encoder; may be a view of a file."""
    neighbours = Signal[Neighbourhood | SomeNeighbours]()
    """The nearest rows by these embeddings."""
    contents = Signal[NDArray[np.bytes_]]()
    """(n,) digests: equal for rows of equal content."""
    words = Signal[LabelledWords]()
    """Of labels that are spans, the words that they are made of: `labels` and `probabilities` say which types a row has
    at all."""
    predicted = Signal[NDArray[np.float64]]()
    """(n,) where labels are numbers, the number of each row by models that have not seen it; `probabilities` then has
    no class, and columns for none."""
    spread = Signal[NDArray[np.float64]]()
    """(n,) the standard deviation of right labels around such predictions."""
    half = Signal[NDArray[np.float64]]()
    """(n,) half of an interval around each that holds nine labels of ten."""
    splits = Signal[NDArray[np.object_]]()
    """(n,) the split of each row, None for none."""
    taught = Signal[NDArray[np.float64]]()
    """(n,) of rows outside of the split train, whether a head that has learnt that split says their label: 1 or 0; NaN
    of all others, and where such a head cannot be."""
    faults = Signal[Mapping[str, Suspicion]]()
    """What may be wrong with the n examples as they are, by the names of their modality's faults."""
    written = Signal[pa.ChunkedArray | None]()
    """(n,) the texts of examples that somebody wrote; None where examples are none."""
    kept = Signal[Mapping[str, pa.ChunkedArray]]()
    """(n,) of each column of texts that is kept with the examples, the source's own row ids too, by its name."""
    named = Signal[Mapping[int, Sequence[Personal]] | None]()
    """By position, the names and places of those of these texts that have any; None where they are not looked for."""
    groups = Signal[NDArray[np.int64]]()
    """(n,) position of the first row of each row's group of near-duplicates."""

    def __init__(self, makers: Mapping[str, Callable[[], object]], settings: Mapping[str, Any] | None = None) -> None:
        """`makers` by the signals' names; `settings` is what the scan was asked for."""
        self.settings = settings or {}
        self._makers = dict(makers)
        self._made: dict[str, object] = {}

    @classmethod
    def of(cls, labels: Labels, probabilities: Probabilities, judged: NDArray[np.bool_], **others: object) -> Signals:
        """Signals that are all known already; unless others say so, nobody has looked at a label."""
        unseen = {"known": np.zeros(len(labels), bool), "before": labels}
        known = {"labels": labels, "probabilities": probabilities, "judged": judged, **unseen, **others}
        return cls({name: lambda value=value: value for name, value in known.items()})  # type: ignore[misc]

    def has(self, name: str) -> bool:
        """Whether the scan makes the signal of that name."""
        return name in self._makers

    def among(self, rows: NDArray[np.int64]) -> Signals:
        """The same of some rows (m,), ascending. What names other rows (`example_ids`, what `neighbours` finds) still
        means all of them."""
        makers = dict(self._makers)
        for name in PER_ROW & makers.keys():
            makers[name] = lambda name=name: self.value(name)[rows]  # type: ignore[index, misc]
        if "neighbours" in makers:
            makers["neighbours"] = lambda: self.neighbours.among(rows)
        if "words" in makers:
            makers["words"] = lambda: self.words.among(rows)
        return Signals(makers, self.settings)

    def value(self, name: str) -> object:
        """The signal of that name. Raises KeyError for one that the scan does not make."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]


PER_ROW = frozenset(("labels", "probabilities", "judged", "known", "before", "predicted", "spread", "half"))
"""Those of them that `among` narrows."""
SIGNALS = frozenset(name for name, value in vars(Signals).items() if isinstance(value, Signal))
"""Names of all signals."""
