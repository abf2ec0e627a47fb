"""`python -m core.words [PATH …]`: the texts of these files (all: none named) that the Chinese catalogue lacks, as
entries to paste; on standard error what is wrong with it. Exit code 1 where there is any."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from core.words.check import as_entries, lacking, unused, wrong


def main(paths: Sequence[str]) -> int:
    """The exit code."""
    lacks = lacking("zh", paths or ("",))
    faults = [*wrong("zh"), *(f"{one.file}: nothing says “{one.text}” any more." for one in unused("zh"))]
    if lacks:
        sys.stdout.write(f"{as_entries(lacks)}\n")
    sys.stderr.write("".join(f"{one}\n" for one in (*faults, f"{len(lacks)} texts lack, {len(faults)} faults.")))
    return int(bool(lacks or faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
