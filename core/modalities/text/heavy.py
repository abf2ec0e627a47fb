"""Texts for jobs, see `core.modalities.heavy`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import scipy.sparse as sp

from core.modalities.encoder import Encoder
from core.modalities.model_files import config, model_folder
from core.modalities.payloads import Measures, Payloads
from core.modalities.suspicion import Suspicion
from core.modalities.text.bundled import bundled_text_model
from core.modalities.text.preparation import Texts
from core.progress import Report


def encoder(name: str) -> Encoder:
    from core.modalities.text.encoder import TextModel

    return TextModel(name)


def near_space(payloads: Payloads, arrays: Path, encoders: Sequence[Encoder], tick: Report) -> sp.csr_matrix:
    """TF-IDF of words, which a lexical encoder among `encoders` keeps for itself."""
    from core.modalities.text.lexical import Lexical

    lexical = next((one for one in encoders if isinstance(one, Lexical)), None) or Lexical()
    return lexical.terms(payloads, tick)


def faults(payloads: Payloads, measures: Measures, arrays: Path, tick: Report) -> dict[str, Suspicion]:
    from core.modalities.text.faults.find import find

    return find(payloads, measures, tick)


def folder_of(model: str) -> Path:
    return bundled_text_model() if model == "minilm" else model_folder(model)


def auto_class() -> Any:
    from transformers import AutoModelForSequenceClassification

    return AutoModelForSequenceClassification


def preparation(folder: Path, name: str, model: Any, max_tokens: int) -> Texts:
    return Texts.of(folder, name, model, max_tokens)


def input_size(payloads: Payloads) -> None:
    return None


def pooling_model(name: str) -> Path | None:
    """A BERT encoder without a classifier of its own."""
    folder = folder_of(name)
    about = config(folder)
    own = any("SequenceClassification" in name for name in about.get("architectures") or [])
    return folder if about.get("model_type") == "bert" and not own and not about.get("is_decoder") else None
