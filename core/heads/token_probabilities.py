"""The person's own out-of-sample probabilities of what each token of a text is: a line for each token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.errors import ProbabilitiesError
from core.heads.user_probabilities import Matrix, check_matrix, columns_of, opened
from core.records import EXAMPLE_ID

OUTSIDE = "O"


def read_token_probabilities(
    path: Path,
    example_ids: NDArray[np.int64],
    counts: NDArray[np.int64],
    types: Sequence[str],
    given: NDArray[np.int64],
) -> Matrix:
    """Probabilities (w, k + 1): outside of all spans, then each of k types, of the tokens of n texts, which have
    `counts` (n,) of them, in their order.

    Columns are `O` and the types, or `O` and `B-` and `I-` of each type, as token classifiers have them: these are
    added up. Tables name them, and may have the texts' `example_id` on every line; `.npy` has them in this order.
    `given` (w,) are the tokens' types, 0 outside, -1 in a text without a label. Raises ProbabilitiesError where shape,
    order or values are wrong.
    """
    names = (OUTSIDE, *types)
    tags = (OUTSIDE, *(f"{letter}-{name}" for name in types for letter in "BI"))
    found = opened(path)
    if isinstance(found, pa.Table):
        _check_ids(found, example_ids, counts)
        by_tags = set(names) - set(found.column_names) and set(tags) <= set(found.column_names)
        matrix, named = columns_of(
            found.select([one for one in found.column_names if one != EXAMPLE_ID]), tags if by_tags else names
        )
    else:
        matrix, named = found, False
    if matrix.ndim == 2 and matrix.shape[1] == len(tags) != len(names):
        matrix = np.concatenate([matrix[:, :1], matrix[:, 1::2] + matrix[:, 2::2]], 1)
    if matrix.shape != (len(given), len(names)):
        raise ProbabilitiesError(
            f"The probabilities have the shape {matrix.shape}, the dataset needs ({len(given)}, {len(names)}).",
            "One line per token, text by text in the order of example_id, tokens as `export --format conll` has them; "
            f"one column for each of: {', '.join(names)}.",
        )
    check_matrix(matrix, names, given, named)
    return matrix


def _check_ids(table: pa.Table, example_ids: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Raises ProbabilitiesError where the lines' texts are not those of the dataset, each as often as it has tokens."""
    if EXAMPLE_ID not in table.column_names:
        return
    wanted = np.repeat(example_ids, counts)
    lines = table.column(EXAMPLE_ID).to_numpy(zero_copy_only=False)
    first = min(len(lines), len(wanted))
    wrong = np.flatnonzero(lines[:first] != wanted[:first])
    if len(wrong):
        line = int(wrong[0])
        raise ProbabilitiesError(
            f"Line {line + 1:,} is of example_id {lines[line]}, where the dataset has a token of {wanted[line]}.",
            "Give a line for each token, text by text, tokens as `export --format conll` has them.",
        )
