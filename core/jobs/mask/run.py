"""Masks personal data: `python -m core.jobs.mask.run FOLDER`.

Reads a `MaskSpec` and input/rows.parquet, and input/chosen.parquet where only some rows are meant; writes
output/masked.parquet with the same rows and columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

import pyarrow as pa
import pyarrow.parquet as pq

from core.files import whole
from core.jobs.entry import run
from core.jobs.mask.hide import hidden_in, may_become_text, of_texts, values_of
from core.jobs.mask.spec import MaskResult, MaskSpec
from core.personal import Personal
from core.progress import further
from core.queue import JobFolder, ProgressWriter
from core.records import EXAMPLE_ID

AT_ONCE = 5_000
"""Rows that are in memory at a time."""
OUT = "masked.parquet"


def main(folder: JobFolder, progress: ProgressWriter) -> MaskResult:
    """Masks the rows, batch by batch."""
    spec = folder.spec_as(MaskSpec)
    chosen = set(pq.read_table(folder.input / "chosen.parquet")[EXAMPLE_ID].to_pylist()) if spec.some else None
    tick = progress.stage("masking")
    rows, kinds, done = 0, Counter[str](), 0
    with pq.ParquetFile(folder.input / "rows.parquet") as file:
        total, schema = file.metadata.num_rows, file.schema_arrow
        asked = [one for one in spec.columns if one in schema.names]
        told = [one for one in asked if may_become_text(spec.said.get(one, one), schema.field(one).type)]
        for one in (one for one in told if _any_masked(spec, file, one, chosen)):  # these become texts
            schema = schema.set(schema.get_field_index(one), pa.field(one, pa.string()))
        texts = [one for one in asked if of_texts(schema.field(one).type)]
        with whole(folder.output / OUT) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in file.iter_batches(AT_ONCE):
                tick(done, total)
                table = pa.Table.from_batches([batch])
                meant = [chosen is None or one in chosen for one in table[EXAMPLE_ID].to_pylist()]
                touched = [False] * len(meant)
                for place, column in enumerate(texts):
                    values, said = values_of(table[column]), spec.said.get(column, column)
                    named = _named(values, meant, spec.names and place == 0, done, total, progress)
                    hidden = [
                        hidden_in(spec.how, said, value, named.get(row), kinds) if meant[row] else value
                        for row, value in enumerate(values)
                    ]
                    touched = [was or new != old for was, new, old in zip(touched, hidden, values, strict=True)]
                    field = schema.field(column)
                    index = table.schema.get_field_index(column)
                    table = table.set_column(index, field, pa.array(hidden, field.type))
                writer.write_table(table)
                rows, done = rows + sum(touched), done + len(meant)
    tick(total, total)
    return MaskResult(rows, dict(kinds.most_common()))


def _any_masked(spec: MaskSpec, file: pq.ParquetFile, column: str, chosen: Set[int] | None) -> bool:
    """Whether any value of a column of no texts is somebody's; else it stays what it is."""
    said = spec.said.get(column, column)
    for batch in file.iter_batches(AT_ONCE, columns=[EXAMPLE_ID, column]):
        values = values_of(batch[column])
        for row, value in zip(batch[EXAMPLE_ID].to_pylist(), values, strict=True):
            if (chosen is None or row in chosen) and hidden_in(spec.how, said, value, None, Counter()) != value:
                return True
    return False


def _named(
    values: Sequence[str | None], meant: Sequence[bool], looked: bool, done: int, total: int, progress: ProgressWriter
) -> dict[int, tuple[Personal, ...]]:
    if not looked:
        return {}
    from core.personal.names import names_in

    texts = [value if one else None for value, one in zip(values, meant, strict=True)]
    return names_in(texts, further(progress.stage("masking"), done, total))


if __name__ == "__main__":
    run(main)
