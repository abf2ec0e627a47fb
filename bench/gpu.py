"""Everything that a GPU is for, beside what people use today, in one table: `python -m bench.gpu`.

At most five minutes (`--minutes`) on a machine with a GPU. Each measurement is a process of its own with a share of the
time that is left, dearest last; one that fails or gets no time becomes a row that says why. Without a GPU, or with
`--slice`, everything runs on a few rows, which proves the script and measures nothing.

What is compared: examples per second over the whole loop of a fine-tune, from the model on the device to the last step,
with the loading, padding and copying of its data, its reports and any compiling or capturing; not the start of the
process, cutting texts into tokens, or prediction. Winnow's time has its checkpoints in it, the Trainer saves none.
Winnow is a job as the app starts it, with the defaults of batch and learning rate; its seeds are processes of their
own, a Trainer's seeds share one, so that all but its first find the device warm. Accuracy is that on banking77's own
test file, after three epochs on all of its 10,003 rows; nothing is chosen on other rows.

Encoding is from texts or files to embeddings, with an empty cache, loading the model included, libraries in use. The
ceiling is the step alone on random tokens. Memory is the most that torch had allocated on the device; on the CPU, the
process's. How busy the card is comes from nvidia-smi: the share of time in which any kernel ran, from the first step
to the last.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bench.gpu_card import card, on_gpu
from bench.gpu_measurements import (
    BATCH_8,
    BATCH_32,
    BEST,
    CEILING,
    COMPILED,
    HEAD,
    IMAGES,
    MEASUREMENTS,
    PICTURES,
    SLICE,
    TEST_IMAGES,
    TEXTS,
    WHOLE,
    WINNOW,
    WITH_COMPILE,
    Measurement,
    Place,
    Size,
    prepare,
)
from bench.gpu_processes import Outcome
from bench.row import Row, number

MINUTES = 5.0
LEAST = 12.0
"""Seconds below which nothing is begun: a process needs as much to import its libraries and load a model."""
AROUND = 5.0
"""Seconds of the time that are left for what is around the measurements: the start, temporary files, the table."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table before it has its figures."""

    name: str
    unit: str
    ours: tuple[str, str]
    """Measurement and figure."""
    other: tuple[str, str] | None = None
    other_name: str = ""
    higher_is_better: bool = False
    bound: str = ""
    scale: float = 1.0
    """What both figures are multiplied by."""
    only_gpu: bool = False
    seeds: bool = False
    """Whether the note has the figure of each seed."""


def lines(size: Size, *, compiled: bool) -> list[Line]:
    """The rows of the table, in its order."""
    return [*_fine_tune(size, compiled), *_head(), *_images(size), *_encoding(size)]


def _fine_tune(size: Size, compiled: bool) -> Iterator[Line]:
    what = "banking77, full"
    pace, first = "examples_per_second", "first_step"
    others = [(BEST, "≥ 3×"), *([(COMPILED, "")] if compiled else []), (BATCH_8, "≥ 10×"), (BATCH_32, "")]
    for name, bound in others:
        tuned = f"{what}: {size.train:,} rows, epochs: {size.epochs}"
        yield Line(tuned, "examples/s", (WINNOW, pace), (name, pace), name, True, bound, seeds=True)
    for name, _ in others:
        accuracy, bound = "accuracy", "within the spread"
        tested = f"{what}: test accuracy"
        yield Line(tested, accuracy, (WINNOW, accuracy), (name, accuracy), name, True, bound, seeds=True)
    yield _memory(what, WINNOW, (BEST, "peak_memory"), BEST)
    yield _busy(what, WINNOW)
    yield Line(f"{what}: process start to first step", "s", (WINNOW, first), (BEST, first), BEST)
    yield Line(f"{what}, first step: start, imports", "s", (WINNOW, "launch"))
    yield Line(f"{what}, first step: the model", "s", (WINNOW, "loading_seconds"))
    yield Line(f"{what}, first step: tokens", "s", (WINNOW, "preparing_seconds"))
    yield Line(f"{what}, first step: the step itself", "s", (WINNOW, "its_step"))
    yield Line(f"{what}: whole process, with prediction", "s", (WINNOW, "whole"))
    for how, only_gpu in (("eager", False), ("CUDA graph", True)):
        other, name = (CEILING, how), f"the step alone, random tokens, {how}"
        yield Line(f"{what}: tokens", "tokens/s", (WINNOW, "tokens"), other, name, True, only_gpu=only_gpu)


def _head() -> Iterator[Line]:
    what = "banking77, quick retrain"
    yield Line(f"{what}: solving", "s", (HEAD, "solving_seconds"))
    yield Line(f"{what}: getting cached embeddings", "s", (HEAD, "encoding_seconds"))
    yield Line(f"{what}: whole process", "s", (HEAD, "whole"))
    yield Line(f"{what}: test accuracy", "accuracy", (HEAD, "accuracy"))
    yield _memory(what, HEAD)


def _images(size: Size) -> Iterator[Line]:
    what, pace = "EfficientNet, full", "images/s"
    learnt = size.images - round(size.images * TEST_IMAGES)
    tuned = f"{what}: {learnt:,} images, epochs: {size.image_epochs}"
    yield Line(f"{tuned}, after the first step", pace, (IMAGES, "pace"), bound="≥ 5,000")
    yield Line(f"{tuned}, whole loop", pace, (IMAGES, "examples_per_second"))
    yield Line(f"{what}: preparing, decoding", "s", (IMAGES, "preparing_seconds"))
    yield Line(f"{what}: process start to first step", "s", (IMAGES, "first_step"))
    yield Line(f"{what}: test accuracy on given labels", "accuracy", (IMAGES, "accuracy"))
    yield _memory(what, IMAGES)
    yield _busy(what, IMAGES)


def _encoding(size: Size) -> Iterator[Line]:
    texts, images = f"encoding {size.train + size.test:,} texts", f"encoding {size.images:,} images"
    for name, what, bound in ((TEXTS, texts, "≤ 2 s"), (PICTURES, images, "")):
        plain = "plain PyTorch, float32"
        yield Line(what, "s", (name, "seconds"), (name, "plain_seconds"), plain, bound=bound)
        yield Line(f"{what}: lowest agreement with it", "cosine", (name, "agreement"), bound="≥ .999")
        yield _memory(what, name, (name, "plain_peak_memory"), plain)


def _memory(what: str, ours: str, other: tuple[str, str] | None = None, other_name: str = "") -> Line:
    return Line(f"{what}: peak memory", "MB", (ours, "peak_memory"), other, other_name, scale=1e-6)


def _busy(what: str, ours: str) -> Line:
    return Line(f"{what}: the card works", "% of the time", (ours, "busy"), bound="≥ 80 %", scale=100, only_gpu=True)


def run(minutes: float = MINUTES, *, whole: bool | None = None, compiled: bool = False) -> list[Row]:
    """The table's rows; on a slice unless `whole`, by itself where there is a GPU."""
    whole = on_gpu() if whole is None else whole
    size, wanted = (WHOLE if whole else SLICE), [*MEASUREMENTS]
    if compiled:
        wanted.insert(len(wanted) - 1, WITH_COMPILE)
    with tempfile.TemporaryDirectory(prefix="winnow-bench-", ignore_cleanup_errors=True) as root:
        found = measured(wanted, prepare(Path(root), size), minutes * 60 - AROUND)
    _derive(found)
    return [row for line in lines(size, compiled=compiled) if (row := row_of(line, found)) is not None]


def measured(wanted: Sequence[Measurement], place: Place, seconds: float) -> dict[str, Outcome]:
    """What came of each, one after the other within so many seconds; of a slice, where no time counts, two at once."""
    begun = time.monotonic()

    def attempt(one: Measurement) -> Outcome:
        passed = time.monotonic() - begun
        print(f"{passed:5.0f} s  {one.name}", file=sys.stderr, flush=True)
        return _attempt(one, place, seconds - passed)

    with ThreadPoolExecutor(1 if place.size is WHOLE else 2) as pool:
        outcomes = list(pool.map(attempt, wanted))
    found: dict[str, Outcome] = {}
    for one, outcome in zip(wanted, outcomes, strict=True):
        seeds = found.setdefault(one.name, Outcome())
        seeds.figures += outcome.figures
        seeds.failure = seeds.failure or outcome.failure
    return found


def _attempt(one: Measurement, place: Place, left: float) -> Outcome:
    if left < LEAST:
        return Outcome(failure=f"no time: {max(0, left):.0f} s were left")
    try:
        return one.measure(place, min(left, one.seconds) if place.size is WHOLE else left)
    except Exception as problem:  # whatever it is, the others are worth having
        return Outcome(failure=f"{type(problem).__name__}: {problem}")


def _derive(found: dict[str, Outcome]) -> None:
    """Tokens per second of Winnow's fine-tunes, padding not counted."""
    for ceiling in found[CEILING].figures:
        for seed in found[WINNOW].figures:
            seed["tokens"] = seed["examples_per_second"] * ceiling["tokens_per_example"]


def row_of(line: Line, found: dict[str, Outcome]) -> Row | None:
    """None for what only a GPU has, where there is none."""
    if line.only_gpu and not on_gpu():
        return None
    ours, other = _values(line.ours, found), _values(line.other, found)
    notes = [_said(ours)] if line.seeds and ours else []
    if not ours:
        notes.append(f"not measured: {_reason(line, found)}")
    if line.other and line.other[0] != line.ours[0]:
        if not other:
            notes.append(f"beside it: {found[line.other[0]].failure or 'no such figure'}")
        elif line.seeds:
            notes.append(f"beside it {_said(other)}")
    return Row(
        line.name,
        mean(ours) * line.scale if ours else float("nan"),
        line.unit,
        mean(other) * line.scale if other else None,
        line.other_name,
        line.higher_is_better,
        line.bound,
        "; ".join(notes),
    )


def _values(place: tuple[str, str] | None, found: dict[str, Outcome]) -> list[float]:
    """A figure, seed by seed."""
    if place is None:
        return []
    name, figure = place
    return [seed[figure] for seed in found[name].figures if figure in seed]


def _reason(line: Line, found: dict[str, Outcome]) -> str:
    """Why a figure is not there."""
    whose = [line.ours[0], *([line.other[0]] if line.other else [])]
    return next((found[name].failure for name in whose if found[name].failure), "no such figure was told")


def _said(values: list[float]) -> str:
    return f"seeds {', '.join(number(value) for value in values)}"


def main() -> None:
    from bench.__main__ import machine, table

    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long it may take; default: %(default)g")
    parser.add_argument("--slice", action="store_true", help="a few rows of everything, as without a GPU")
    parser.add_argument("--compile", action="store_true", help="try the Trainer with torch.compile too, one seed")
    parser.add_argument("--out", type=Path, help="a file for the table as JSON")
    asked = parser.parse_args()
    whole = on_gpu() and not asked.slice
    about = f"{machine()}; {card()}"
    rows = run(asked.minutes, whole=whole, compiled=asked.compile)
    if asked.out:
        asked.out.write_text(json.dumps({"machine": about, "whole": whole, "rows": [row.as_dict() for row in rows]}))
    print(f"{about}{'' if whole else '; a slice, which measures nothing'}\n\n{table(rows)}")


if __name__ == "__main__":
    main()
