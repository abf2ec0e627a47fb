"""The tokenizer in a text model's folder, as transformers loads it, and whether it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.errors import ModelError

SAVE = "Save the tokenizer into the model's folder with tokenizer.save_pretrained."


def load_tokenizer(folder: Path, name: str) -> Any:
    """The tokenizer, with another of its tokens for padding where it has none for that. `name` is the model's, for
    messages.

    Raises ModelError where there is none. Of a folder without its files transformers makes a tokenizer that knows the
    special tokens alone, to which every word is unknown.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise ModelError(f"{name} has no tokenizer that transformers can load: {_first_line(error)}", SAVE) from error
    if len(tokenizer) <= len(tokenizer.all_special_tokens):
        raise ModelError(f"The tokenizer of {name} knows no words: the files of its vocabulary are missing.", SAVE)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return tokenizer


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
