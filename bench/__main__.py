"""`python -m bench [name …]` runs the benchmarks and prints one table of medians and ratios.

Every benchmark module has `run() -> list[Row]`; the names are the modules' own. With no name, all run, slowest last.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import platform
from pathlib import Path

from bench.row import Row, number

BENCHMARKS = (
    "ingest",
    "pages",
    "lists",
    "maps",
    "maps_kept",
    "many",
    "tags",
    "rules",
    "evaluation",
    "cold_start",
    "review_latency",
    "reviewers",
    "everybody",
    "gpu",
    "encoding",
    "scan",
    "near_duplicates",
    "finetune",
    "label_errors",
    "sounds",
    "tables",
    "numbers",
    "pairs",
    "folds",
    "wrong_share",
    "budget",
    "reranking",
    "proof",
    "outliers",
    "issues",
    "waiting_pages",
    "time_left",
    "soak",
)
RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """The machine in one line: processor, cores, memory, Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | Winnow | beside it | ratio | bound |", "|---|---|---|---|---|"]
    for row in rows:
        ours = "–" if math.isnan(row.ours) else f"{number(row.ours)} {row.unit}"
        other = f"{number(row.other)} {row.unit} ({row.other_name})" if row.other is not None else ""
        ratio = f"{row.ratio:.1f}×" if row.ratio is not None else ""
        bound = "; ".join(text for text in (row.bound, row.note) if text)
        lines.append(f"| {row.name} | {ours} | {other} | {ratio} | {bound} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which benchmarks; all when none is named")
    names = parser.parse_args().names or list(BENCHMARKS)
    rows: list[Row] = []
    for name in names:
        rows += importlib.import_module(f"bench.{name}").run()
        print(table(rows), flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps({"machine": machine(), "rows": [row.as_dict() for row in rows]}))
    (RESULTS / "latest.md").write_text(f"{machine()}\n\n{table(rows)}\n")
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
