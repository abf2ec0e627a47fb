"""The heavy half of a modality: its encoders, its models, and what makes examples ready for them. For jobs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from core.modalities.contract import Modality
from core.modalities.encoder import Encoder
from core.modalities.fitted import Learner, Opened
from core.modalities.payloads import Measures, Payloads
from core.modalities.preparation import Preparation
from core.modalities.suspicion import Suspicion
from core.progress import Report

if TYPE_CHECKING:
    import scipy.sparse as sp

Space: TypeAlias = "NDArray[np.float32] | sp.csr_matrix"
"""(n, d): rows of length 1, or of length 0 where there is nothing to compare."""


class HeavyModality(Protocol):
    """What the module that `Modality.heavy` names has, by these names."""

    def encoder(self, name: str) -> Encoder:
        """The model in that folder or of that hub id as an encoder. Raises ModelError where it cannot be one."""

    def near_space(self, payloads: Payloads, arrays: Path, encoders: Sequence[Encoder], tick: Report) -> Space:
        """Where near-duplicates are close to each other; `encoders` are asked for what they have already."""

    def faults(self, payloads: Payloads, measures: Measures, arrays: Path, tick: Report) -> Mapping[str, Suspicion]:
        """What may be wrong with the examples as they are, by the names of the modality's `faults`, those left out of
        which nothing is known; `measures` are the modality's `measures` and `asked`. Only asked where a
        modality has any."""

    def folder_of(self, model: str) -> Path:
        """The folder of a model that came with Winnow, else as `core.modalities.model_files.model_folder`."""

    def auto_class(self) -> Any:
        """transformers' Auto class of its classifiers."""

    def preparation(self, folder: Path, name: str, model: Any, max_tokens: int) -> Preparation:
        """What makes examples ready for the model, out of its folder. Raises ModelError where that has nothing."""

    def input_size(self, payloads: Payloads) -> int | None:
        """Of a bundled model whose input may have several sizes, the one that suits most examples; None where there is
        no such choice."""

    def pooling_model(self, name: str) -> Path | None:
        """The folder of a model whose embedding is the mean over an example's tokens and that has no head of its own;
        None for any other."""

    def learner(self, payloads: Payloads, classes: int, seed: int) -> Learner:
        """These examples for a model that is fitted to them as they are, to learn so many classes, or numbers where
        there are none. Only asked where models are fitted at once, as is `opened`."""

    def opened(self, folder: Path) -> Opened:
        """The model that such a learner has saved in the folder. Raises ModelError where it is damaged."""

    def opened_file(self, content: bytes, preparation: Preparation) -> Any:
        """A file that was never loaded, open as the preparation takes it beside paths. Raises FileFault. Only asked
        where examples are files, as is the next."""

    def dataset_feature(self) -> Any:
        """What the column with an example's file is for the `datasets` library."""


def heavy_modality(modality: Modality) -> HeavyModality:
    """The heavy half of a modality."""
    return cast(HeavyModality, import_module(modality.heavy))
