"""Texts as a classifier takes them: token ids, cut and padded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from core.errors import ModelError
from core.modalities.inputs import Given
from core.modalities.model_files import fingerprint
from core.modalities.payloads import Payloads
from core.modalities.preparation import Stages
from core.modalities.text.inputs import CPU_TOKENS, TOKENS, TokenInputs
from core.modalities.text.positions import positions_of
from core.modalities.text.token_store import tokenised
from core.modalities.text.tokenizer import load_tokenizer

STAGE = "tokens"
"""Of a run, while it cuts its texts."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A tokenizer and where it cuts."""

    tokenizer: Any
    limit: int
    """Tokens of a text at most, special ones included."""
    folder: Path
    """Of the model that the tokenizer came with."""
    asked_limit: int
    """Tokens of a text at most, as asked for: with the model's folder it names what is kept of texts."""
    window: ClassVar[int] = 4096
    channels_last: ClassVar[bool] = False

    @staticmethod
    def of(folder: Path, name: str, model: Any, max_tokens: int) -> Texts:
        """The tokenizer in the model's folder, with a padding token that the model's config names too.

        Raises ModelError where there is no tokenizer or nothing to pad with.
        """
        tokenizer = load_tokenizer(folder, name)
        if tokenizer.pad_token is None:
            raise ModelError(
                f"The tokenizer of {name} has no padding token.", "Set tokenizer.pad_token and save it again."
            )
        if tokenizer.pad_token_id >= model.get_input_embeddings().num_embeddings:
            raise ModelError(
                f"The padding token of {name} has the id {tokenizer.pad_token_id}, which the model does not know.",
                "Use the tokenizer that the model was trained with, or resize the model's embeddings.",
            )
        if getattr(model.config, "pad_token_id", None) is None:
            model.config.pad_token_id = tokenizer.pad_token_id
        limit = min(max_tokens, int(tokenizer.model_max_length), positions_of(model))
        tokenizer.model_max_length = limit
        return Texts(tokenizer, limit, folder, max_tokens)

    def encode(self, payloads: Sequence[Any]) -> list[list[int]]:
        """Token ids of each text."""
        if not payloads:
            return []
        encoded: list[list[int]] = self.tokenizer(
            list(payloads), truncation=True, max_length=self.limit, return_attention_mask=False
        )["input_ids"]
        return encoded

    def collate(self, encoded: Sequence[list[int]]) -> dict[str, Tensor]:
        """`input_ids` and `attention_mask`, int64 (b, longest), padded on the right."""
        lengths = torch.tensor([len(one) for one in encoded])
        mask = torch.arange(max(1, int(lengths.max()))) < lengths[:, None]
        tokens = torch.full(mask.shape, int(self.tokenizer.pad_token_id))
        tokens[mask] = torch.tensor([token for one in encoded for token in one], dtype=torch.int64)
        return {"input_ids": tokens, "attention_mask": mask.long()}

    def ready(self, batch: Given) -> Given:
        """As it is."""
        return batch

    def cost(self, encoded: list[int]) -> int:
        """Tokens."""
        return len(encoded)

    def most(self, where: torch.device) -> int:
        return CPU_TOKENS if where.type == "cpu" else TOKENS

    def cache_key(self, config: Any) -> str:
        return str(self.limit)

    def inputs(self, payloads: Payloads, arrays: Path, where: torch.device, stages: Stages) -> TokenInputs:
        """Token ids, cut once for all runs of a model."""
        tokens = tokenised(
            arrays / "tokens" / f"{fingerprint(self.folder)}-{self.asked_limit}",
            payloads.digests,
            payloads.take,
            self.encode,
            stages(STAGE),
        )
        return TokenInputs.of(tokens, int(self.tokenizer.pad_token_id), where)

    def save(self, folder: Path) -> None:
        """Writes the tokenizer's files, which cut where training did and pad nothing by themselves."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is not None:
            backend.no_truncation()
            backend.no_padding()
        self.tokenizer.save_pretrained(folder)
