"""A token classifier: loaded with a head for the tags, run over windows, decoded, and saved for transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import ModelError
from core.finetune.classifiers.classifier import Classifier, pretrained
from core.finetune.place import Place
from core.finetune.tokens.decoding import best_tags, spans_of_tags, tags_of
from core.finetune.tokens.windows import Windows
from core.modalities.heavy import heavy_modality
from core.progress import Report, unheard
from core.targets.spans.form import Span
from core.targets.spans.tokens import of_tokens
from core.tasks import task_named

Scores = list[list[float]]
"""Of each text, a probability of each of its spans."""
TOKENS = 2048
"""Of a batch without gradients, padding included."""


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """What a model says of w words."""

    probabilities: NDArray[np.float32]
    """(w, 2k + 1); a word that is in no window is O."""
    features: NDArray[np.float32]
    """(w, d) what the last layer was given; zeros without a window."""

    def spans(
        self, bounds: Sequence[NDArray[np.int64]], types: Sequence[str]
    ) -> tuple[list[list[Span]], NDArray[np.float32]]:
        """The spans of each of n texts, whose words are at `bounds`, and (n,) how probable the least sure of its words'
        types is; 1 without words."""
        found, sure, begin = [], np.ones(len(bounds), np.float32), 0
        for row, words in enumerate(bounds):
            own = self.probabilities[begin : begin + len(words)]
            tags = best_tags(own)
            found.append(spans_of_tags(tags, words, types))
            if len(words):
                of_types = by_type(own)
                sure[row] = of_types[np.arange(len(words)), (tags + 1) // 2].min()
            begin += len(words)
        return found, sure

    def scores(
        self, found: Sequence[Sequence[Span]], bounds: Sequence[NDArray[np.int64]], types: Sequence[str]
    ) -> Scores:
        """Of each span that `spans` found, how probable its type is of the word that is least of it."""
        number = {name: place for place, name in enumerate(types, 1)}
        scores, begin = [], 0
        for spans, words in zip(found, bounds, strict=True):
            own = by_type(self.probabilities[begin : begin + len(words)])
            tokens = of_tokens(spans, tuple((start, stop) for start, stop in words.tolist()))
            scores.append([float(own[first:behind, number[name]].min()) for first, behind, name in tokens])
            begin += len(words)
        return scores

    def of_rows(self, bounds: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of n texts (n, k): each type of the word that is most of it; and (n, d) the mean features of their words."""
        counts = np.array([len(one) for one in bounds], np.int64)
        row = np.repeat(np.arange(len(bounds)), counts)
        of_types = by_type(self.probabilities)[:, 1:].astype(np.float32)
        probabilities = np.zeros((len(bounds), of_types.shape[1]), np.float32)
        np.maximum.at(probabilities, row, of_types)
        features = np.zeros((len(bounds), self.features.shape[1]), np.float32)
        np.add.at(features, row, self.features)
        features /= np.maximum(1, counts)[:, None].astype(np.float32)
        return probabilities, features


def by_type(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    """(w, k + 1) of tags (w, 2k + 1): O, then each type, begun or going on."""
    return np.concatenate([probabilities[:, :1], probabilities[:, 1::2] + probabilities[:, 2::2]], 1)


def load_tagger(name: str, task: str, types: Sequence[str], *, max_tokens: int, seed: int) -> Classifier:
    """The bundled text model by name, a model folder, or a hub id, with a head for the tags of these types; weights
    that the folder does not have are drawn from `seed`. Raises ModelError, which says what to do."""
    from transformers import AutoModelForTokenClassification

    found = task_named(task)
    half = heavy_modality(found.modality)
    folder, tags = half.folder_of(name), tags_of(types)
    torch.manual_seed(seed)
    named = {"id2label": dict(enumerate(tags)), "label2id": {tag: place for place, tag in enumerate(tags)}}
    try:
        model, _ = pretrained(folder, AutoModelForTokenClassification, named)
    except Exception as error:
        raise ModelError(
            f"transformers cannot load {name} as a token classifier: {str(error).splitlines()[0]}",
            f"Give a folder or hub id of {found.modality.fine_tuning.such_as}.",
        ) from error
    return Classifier(model, found, tags, half.preparation(folder, name, model, max_tokens))


def padding_of(classifier: Classifier) -> int:
    """The id of the token that batches are padded with."""
    return int(classifier.preparation.tokenizer.pad_token_id)  # type: ignore[attr-defined]


@torch.no_grad()
def tag(classifier: Classifier, windows: Windows, place: Place, tick: Report = unheard) -> Tagged:
    """What the model, which is moved to the place's device and stays there, says of all words. Several processes share
    the windows, and each has the whole answer."""
    where = place.device
    model, padding = classifier.on(where), padding_of(classifier)
    was_training = model.training
    model.eval()
    head = classifier.head()
    given: list[torch.Tensor] = []
    hook = head.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    probabilities = np.zeros((windows.words, len(classifier.labels)), np.float32)
    features = np.zeros((windows.words, head.in_features), np.float32)
    lengths, done = windows.lengths, 0
    try:
        for batch in _batches(lengths)[place.rank :: place.processes]:
            inputs = {name: part.to(where) for name, part in windows.batch(batch, padding).items()}
            with place.autocast():
                logits = model(**inputs).logits
            said = logits.float().softmax(-1).cpu().numpy()
            seen = given.pop().float().cpu().numpy()
            for row, number in enumerate(batch.tolist()):
                one = windows.windows[number]
                at, words = one.places[one.own], one.words[one.own]
                probabilities[words], features[words] = said[row, at], seen[row, at]
            done += len(batch)
            tick(min(done * place.processes, len(lengths)), len(lengths))
    finally:
        hook.remove()
        model.train(was_training)
    probabilities, features = (_of_all(one, place) for one in (probabilities, features))
    probabilities[~probabilities.any(1), 0] = 1
    return Tagged(probabilities, features)


def _of_all(own: NDArray[np.float32], place: Place) -> NDArray[np.float32]:
    """The sum over all processes, of which one has each row and the others zeros."""
    if place.alone:
        return own
    every = torch.from_numpy(own).to(place.device)
    torch.distributed.all_reduce(every)
    summed: NDArray[np.float32] = every.cpu().numpy()
    return summed


def _batches(lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Windows of about one length together, so many that `TOKENS` are not passed."""
    order = np.argsort(-lengths, kind="stable")
    found, start = [], 0
    while start < len(order):
        size = max(1, TOKENS // int(lengths[order[start]]))
        found.append(order[start : start + size])
        start += size
    return found
