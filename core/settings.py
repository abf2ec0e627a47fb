"""Where a workspace keeps its things, what a path means that a person wrote, and the limits that hold everywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError

PROJECT = Path(__file__).resolve().parents[1]
"""Where `python -m core.…` finds the code, and the pages lie."""
MAX_CELL_BYTES = 32 * 1024**2
"""A single cell of a tabular file larger than this sets its row aside."""
MAX_IMAGE_PIXELS = 64_000_000
"""An image with more pixels than this is set aside before it is decoded."""
MAX_AUDIO_SECONDS = 600
"""A longer sound is set aside before it is decoded."""
MAX_AUDIO_SAMPLES = 64_000_000
"""And one with more samples, those of all channels together: ten minutes of 48 kHz stereo have fewer."""
MAX_ARCHIVE_MEMBERS = 1_000_000
MAX_ARCHIVE_BYTES = 50 * 1024**3
"""Total unpacked size of an archive."""
MAX_ARCHIVE_RATIO = 200
"""Unpacked to packed size of one archive member: beyond it, a bomb."""
MAX_CLASSES = 50_000
MAX_ATTRIBUTES = 2_500
"""Columns of a table beside its roles: the store holds a block of 256 KB in memory for each while it writes."""
MAX_PATH_BYTES, MAX_NAME_BYTES = 4095, 255
"""Of a path and of each of its parts, on Linux."""
TRASH_DAYS = 7
ASIDE = "damaged-"
"""Begins the names of folders in a workspace with what a restore or a repair has put something else in the place of."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder that holds everything one group of people works on."""

    root: Path
    """Absolute path of the workspace folder."""

    @property
    def database(self) -> Path:
        return self.root / "winnow.duckdb"

    @property
    def ledger(self) -> Path:
        """Decisions, claims, runs and effects."""
        return self.root / "ledger.sqlite"

    @property
    def jobs_database(self) -> Path:
        return self.root / "jobs.sqlite"

    @property
    def media(self) -> Path:
        """Content-addressed originals: `media/ab/abcdef….png`."""
        return self.root / "media"

    @property
    def arrays(self) -> Path:
        """Embeddings and probabilities as `.npy`."""
        return self.root / "arrays"

    @property
    def runs(self) -> Path:
        """One folder per job."""
        return self.root / "runs"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def trash(self) -> Path:
        return self.root / "trash"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def queries(self) -> Path:
        """Copies of views that queries read, each of which can be made again."""
        return self.root / "queries"

    @property
    def asked(self) -> Path:
        """Examples that somebody looked for rows like: `asked/<digest>/<name>`, kept since filters name them."""
        return self.root / "asked"

    @property
    def search(self) -> Path:
        """The words of datasets' examples, each file of which can be made again."""
        return self.root / "search"

    @property
    def socket(self) -> Path:
        """Holds the socket through which the process that has the workspace open takes commands."""
        return self.root / "socket"

    def create(self) -> Workspace:
        """Makes every folder that is missing and returns itself."""
        for folder in (self.media, self.arrays, self.runs, self.backups, self.trash, self.uploads):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def expanded(path: str | os.PathLike[str]) -> Path:
    """The path with `~` as the home folder. Raises UsageError where that names nobody, and for what is no path."""
    _check_path(os.fspath(path))
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        user = str(path).split("/")[0].removeprefix("~")
        raise UsageError(f"{path}: this machine has no user '{user}'.", "Write the path in full.") from error


def _check_path(path: str) -> None:
    if "\0" in path:
        raise UsageError(f"{path!r} has a NUL character, which no path can have.", "Type the path again.")
    if not path.isascii() and path.encode("utf-8", "replace").decode() != path:
        raise UsageError(
            f"{path.encode('utf-8', 'replace').decode()} has letters in another encoding than UTF-8.",
            "Rename the file or folder: `convmv -f latin1 -t utf8 --notest` renames whole folders.",
        )
    if len(os.fsencode(path)) > MAX_PATH_BYTES or any(
        len(os.fsencode(part)) > MAX_NAME_BYTES for part in path.split("/")
    ):
        raise UsageError(
            f"{path[:60]}… has {len(path):,} characters; a path has at most {MAX_PATH_BYTES:,} bytes, and "
            f"{MAX_NAME_BYTES} between two slashes.",
            "Check what was pasted.",
        )


def workspace(path: str | os.PathLike[str] | None = None) -> Workspace:
    """The workspace at `path`, else at `$WINNOW_WORKSPACE`, else at `./workspace`. Raises UsageError."""
    return Workspace(expanded(path or os.environ.get("WINNOW_WORKSPACE") or "workspace").resolve())


def allowed_folders() -> tuple[Path, ...]:
    """Folders that the browser may load server paths from: `$WINNOW_DATA_FOLDERS` (`:`-separated), else the working
    directory. The command line runs with the person's own rights and is not bound by this. Raises UsageError."""
    return named_folders() or (Path.cwd(),)


def named_folders() -> tuple[Path, ...]:
    """Those that `$WINNOW_DATA_FOLDERS` names, which may be none. Raises UsageError."""
    folders = os.environ.get("WINNOW_DATA_FOLDERS", "").split(os.pathsep)
    return tuple(expanded(folder).resolve() for folder in folders if folder)
