"""`core.jobs.train.run` on a device whose memory holds no more than three examples at a time while it learns."""

from __future__ import annotations

from typing import Any

from core.jobs.entry import run
from core.jobs.train.run import main

FITS = 3

if __name__ == "__main__":
    import torch
    from transformers import PreTrainedModel

    def refuse(module: torch.nn.Module, _: Any, given: dict[str, Any]) -> None:
        if isinstance(module, PreTrainedModel) and module.training and len(given.get("input_ids", ())) > FITS:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    create = PreTrainedModel.__init__

    def with_little_memory(self: PreTrainedModel, *given: Any, **named: Any) -> None:
        create(self, *given, **named)
        self.register_forward_pre_hook(refuse, with_kwargs=True)

    PreTrainedModel.__init__ = with_little_memory
    run(main)
