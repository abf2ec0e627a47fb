"""A CSV from disk to a dataset, against what else keeps one on disk (`datasets`) and what most people type (pandas).

`python -m bench.ingest` runs it alone. Every measurement is a process of its own, so that peak memory is that of the
load: Winnow's includes the store and the queue, from the call that starts the load to the dataset being ready.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.row import Row

MILLION, FIVE_MILLION = 1_000_000, 5_000_000
REPEATS = 3


def write_csv(path: Path, rows: int) -> Path:
    """Texts of 6 to 14 words, every one different; 20 classes; a number and a category as attributes."""
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9))) for _ in range(5000)]
    ends = [" ".join(rng.choices(words, k=rng.randint(5, 13))) for _ in range(20_000)]
    with path.open("w") as out:
        out.write("text,label,age,channel\n")
        for start in range(0, rows, 10_000):
            numbers = range(start, min(rows, start + 10_000))
            out.writelines(
                f"{words[i % 4999]}{i} {ends[i % 20_000]},class {i * 7 % 20},{i % 90},{('web', 'app', 'mail')[i % 3]}\n"
                for i in numbers
            )
    return path


def winnow(path: Path, folder: Path) -> float:
    """Seconds until the dataset is ready. Its derived attributes follow while it is in use: they count for memory."""
    from core.services.context import open_context
    from core.services.load import preview, start_load, wait
    from core.settings import Workspace

    context = open_context(Workspace(folder / "workspace"))
    started = start_load(context, [str(path)], preview(context, [str(path)]).guess, name="bench", by="bench")
    wait(context, started.job_id)
    job = context.queue.get(started.job_id)
    context.close()
    if job.started_at is None or job.ended_at is None:
        raise RuntimeError(f"the load is {job.status}")
    return (job.ended_at - job.started_at).total_seconds()


def hugging_face(path: Path, folder: Path) -> float:
    """`datasets.load_dataset("csv")`, which writes Arrow files."""
    import datasets

    datasets.disable_progress_bars()
    start = time.perf_counter()
    datasets.load_dataset("csv", data_files=str(path), cache_dir=str(folder / "cache"))
    return time.perf_counter() - start


def pandas(path: Path, folder: Path) -> float:
    """`pandas.read_csv`, which keeps all of it in memory."""
    import pandas

    start = time.perf_counter()
    pandas.read_csv(path)
    return time.perf_counter() - start


CONTESTANTS: dict[str, Callable[[Path, Path], float]] = {
    "winnow": winnow,
    "datasets": hugging_face,
    "pandas": pandas,
}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _one(name: str, path: Path) -> dict[str, float]:
    """Seconds and peak megabytes of one contestant in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.ingest", "--one", name, str(path), folder]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _median(name: str, path: Path, repeats: int) -> dict[str, float]:
    found = [_one(name, path) for _ in range(repeats)]
    return {key: statistics.median(each[key] for each in found) for key in ("seconds", "megabytes")}


def run() -> list[Row]:
    """Rows a second at one and five million rows, and peak memory at five."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "1m.csv", Path(folder) / "5m.csv"
        write_csv(small, MILLION)
        ours, theirs = _median("winnow", small, REPEATS), _median("datasets", small, REPEATS)
        small.unlink()
        write_csv(large, FIVE_MILLION)
        ours_large, pandas_large = _median("winnow", large, 1), _median("pandas", large, 1)
    return [
        Row(
            "CSV of 1M rows into a dataset",
            MILLION / ours["seconds"],
            "rows/s",
            MILLION / theirs["seconds"],
            "datasets.load_dataset",
            higher_is_better=True,
            bound="≥ 1,000,000 rows/s",
        ),
        Row("CSV of 5M rows into a dataset", FIVE_MILLION / ours_large["seconds"], "rows/s", higher_is_better=True),
        Row(
            "peak memory of the whole process, 5M rows",
            ours_large["megabytes"],
            "MB",
            pandas_large["megabytes"],
            "pandas.read_csv",
            bound="< 1,000 MB",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("NAME", "FILE", "FOLDER"), help="one measurement, for the others")
    one = parser.parse_args().one
    if one is None:
        from bench.__main__ import table

        print(table(run()))
        return
    seconds = CONTESTANTS[one[0]](Path(one[1]), Path(one[2]))
    print(json.dumps({"seconds": seconds, "megabytes": _peak()}))


if __name__ == "__main__":
    main()
