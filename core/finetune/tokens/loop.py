"""The fine-tuning loop of token classifiers: windows are its examples, and whole spans say which epoch is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.evaluation.spans.report import entity_report
from core.finetune.checkpoint import Checkpoints
from core.finetune.loop import Loop, LoopReport
from core.finetune.tokens.decoding import word_tags
from core.finetune.tokens.tagger import Tagged, padding_of, tag
from core.finetune.tokens.windows import Windows
from core.records import TrainSpec
from core.targets.spans.form import Span

if TYPE_CHECKING:
    from core.finetune.classifiers.classifier import Classifier
    from core.finetune.place import Place


@dataclass(frozen=True, slots=True, eq=False)
class TaggedTexts:
    """Texts whose spans are known."""

    windows: Windows
    spans: Sequence[Sequence[Span]]
    bounds: Sequence[NDArray[np.int64]]
    """(w, 2) of each text: where its words are."""

    def tags(self, types: Sequence[str]) -> NDArray[np.int64]:
        """(w,) of all words."""
        return word_tags(self.spans, self.bounds, types)

    def figures(self, said: Tagged, types: Sequence[str]) -> dict[str, float]:
        """How well a model found the spans: the mean `loss` of a word, `entity_f1`, `precision` and `recall` of all
        entities, `macro_f1` of the types."""
        predicted, _ = said.spans(self.bounds, types)
        found = entity_report(self.spans, predicted, types).averages
        micro, macro = found["micro avg"], found["macro avg"]
        own = said.probabilities[np.arange(self.windows.words), self.tags(types)]
        loss = float(-np.log(np.maximum(own, 1e-12)).mean()) if self.windows.words else 0.0
        values = {"loss": loss, "entity_f1": micro.f1, "precision": micro.precision, "recall": micro.recall}
        return values | {"macro_f1": macro.f1}


class _AskedToStop(Exception):  # noqa: N818 - nothing went wrong
    pass


class TagLoop(Loop):
    """One fine-tune of a token classifier at its `place`, in each of its processes."""

    def __init__(
        self,
        classifier: Classifier,
        train: TaggedTexts,
        validation: TaggedTexts,
        types: Sequence[str],
        spec: TrainSpec,
        place: Place,
        checkpoints: Checkpoints,
        report: LoopReport,
        sparing: bool = False,
    ) -> None:
        padding = padding_of(classifier)
        learnt, watched = (one.windows.examples(one.tags(types), padding, place.device) for one in (train, validation))
        super().__init__(classifier, learnt, watched, spec, place, checkpoints, report, sparing=sparing)
        self._types, self._watched = types, validation

    def _scores(self) -> dict[str, float] | None:
        def tick(done: float, of: float | None) -> None:
            self._tell(f"validating epoch {self.state.epoch + 1}")
            if self._stopping and self._place.alone:
                raise _AskedToStop

        try:
            said = tag(self._classifier, self._watched.windows, self._place, tick)
        except _AskedToStop:
            return None
        return self._watched.figures(said, self._types)

    def _deciding(self, values: dict[str, float]) -> float:
        return values["loss" if self._spec.metric == "loss" else "entity_f1"]
