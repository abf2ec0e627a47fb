"""Masks rows as they are shown: `python -m core.jobs.masked_rows.run FOLDER`.

Reads a `RowsSpec` and input/rows.parquet; writes output/masked.parquet with the same rows and columns.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from core.files import whole
from core.jobs.entry import run
from core.jobs.masked_rows.spec import RowsResult, RowsSpec
from core.modalities import WORDS
from core.personal import masked
from core.queue import JobFolder, ProgressWriter

AT_ONCE = 2_000
"""Rows that are in memory at a time."""
OUT = "masked.parquet"


def main(folder: JobFolder, progress: ProgressWriter) -> RowsResult:
    """Masks the rows, batch by batch."""
    spec, done = folder.spec_as(RowsSpec), 0
    tick = progress.stage("masking")
    with pq.ParquetFile(folder.input / "rows.parquet") as file, whole(folder.output / OUT) as part:
        total, schema = file.metadata.num_rows, file.schema_arrow
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in file.iter_batches(AT_ONCE):
                tick(done, total)
                table = pa.Table.from_batches([batch])
                for column, said in spec.columns.items():
                    hidden = [_hidden("" if said == WORDS else said, value) for value in table[column].to_pylist()]
                    field = schema.field(column)
                    table = table.set_column(schema.get_field_index(column), field, pa.array(hidden, field.type))
                writer.write_table(table)
                done += len(table)
    tick(total, total)
    return RowsResult(total)


def _hidden(said: str, value: str | list[str | None] | None) -> object:
    if isinstance(value, list):
        return [None if one is None else masked(one, said) for one in value]
    return None if value is None else masked(value, said)


if __name__ == "__main__":
    run(main)
