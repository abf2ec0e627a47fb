"""Fixtures of the unit tests: what the processor can do, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

PROCESSORS: Mapping[str, dict[str, bool]] = {"float32": {"avx2": True}, "bfloat16": {"amx_bf16": True}}


@pytest.fixture
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor without units for bfloat16: encoders compute in float32, so that figures can be compared closely."""
    processor(monkeypatch, "float32")


def processor(monkeypatch: pytest.MonkeyPatch, numbers: str, quicker: bool = True) -> None:
    """A processor with or without units for bfloat16, which torch makes use of or not; an accelerator likewise."""
    import torch

    from core.arrays import precision
    from core.arrays.device import device, module_of

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: PROCESSORS[numbers])
    monkeypatch.setattr(precision, "_quicker_in_bfloat16", lambda: quicker)
    if device().type != "cpu":
        able = numbers == "bfloat16"
        monkeypatch.setattr(module_of(device()), "is_bf16_supported", lambda including_emulation=True: able)
