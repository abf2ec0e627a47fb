"""How well faults are found that were planted into copies of real examples: `python -m bench issues`.

Photographs of CIFAR-10, questions to a bank, tweets, spoken digits, and measurements in a table, each with some of its
examples spoiled in every way that a scan looks for; copies, wrong labels, rows between two classes, leaks, outliers and
personal data; and sets of them with drift, labels that follow what they do not mean, classes that overlap, columns that
say nothing new and bias, in graded strength; precision and recall of each kind. What is found among the examples that
nobody touched counts as a false alarm, though it may be real.
"""

from __future__ import annotations

from bench import outliers
from bench.data import DATA
from bench.planted import (
    ambiguous,
    bias,
    copies,
    drift,
    idle,
    images,
    names,
    overlap,
    personal,
    sounds,
    spurious,
    tables,
    texts,
)
from bench.row import Row


def run() -> list[Row]:
    """Nothing where the data is not there."""
    if not (DATA / "cifar10_test").is_dir():
        return []
    return [
        *images.rows(),
        *texts.rows(),
        *sounds.rows(),
        *tables.rows(),
        *ambiguous.rows(),
        *copies.rows(),
        *outliers.run(),
        *personal.rows(),
        *personal.beside(),
        *names.rows(),
        *drift.rows(),
        *spurious.rows(),
        *overlap.rows(),
        *idle.rows(),
        *bias.rows(),
    ]


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
