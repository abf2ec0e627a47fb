"""Fine-tunes the bundled text model in this process and prints the most memory that it took, in bytes.

`python -m tests.integration.memory_of_a_fine_tune FOLDER BATCH WORDS STRATEGY CHECKPOINTING`
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.train.run import main
from core.queue import JobFolder, ProgressWriter
from core.records import TrainSpec
from tests.training_support import WORDS, fill


def _run(root: Path, batch: int, words: int, asked: TrainSpec) -> int:
    """Three steps, of texts that all have so many words."""
    folder = fill(JobFolder(root).create(), Path("minilm"), replace(asked, batch=batch, max_tokens=512), rows=3 * batch)
    path = folder.input / "rows.parquet"
    table = pq.read_table(path)
    texts = [" ".join(WORDS[(row + place) % len(WORDS)] for place in range(words)) for row in range(len(table))]
    pq.write_table(table.set_column(table.schema.get_field_index("text"), "text", pa.array(texts)), path)
    result = main(folder, ProgressWriter(folder))
    assert result is not None and result.batch == batch
    return result.peak_memory


if __name__ == "__main__":
    root, batch, words, strategy, checkpointing = sys.argv[1:]
    spec = TrainSpec(
        strategy=strategy,  # type: ignore[arg-type]
        gradient_checkpointing=checkpointing,  # type: ignore[arg-type]
        epochs=1,
        learning_rate=1e-4,
    )
    print(_run(Path(root), int(batch), int(words), spec))  # noqa: T201
