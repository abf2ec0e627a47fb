"""A workspace whose commands are methods."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.settings import Workspace as Folder
from core.settings import workspace
from core.together.caller import Caller, called_by, own_user
from winnow.lines import Lines
from winnow.words import parsed

if TYPE_CHECKING:
    from pandas import DataFrame

File = str | PathLike[str]
Record = Mapping[str, Any]
Progress = Callable[[str], object]


def open(path: File | None = None, *, progress: Progress | None = None) -> Workspace:
    """The workspace in a folder; by default the one at `$WINNOW_WORKSPACE`, else at `./workspace`. It is made where
    there is none. Nothing is held open between two calls, so nothing has to be closed.

    `progress` gets each line that says how far work is; by default they go to standard error. Raises WinnowError where
    the path is none.
    """
    return Workspace(workspace(path), progress)


class Workspace:
    """The datasets of one folder. Every method is the command of its name, takes its options by their names
    (`label_columns` for `--label-columns`) and returns what it prints with `--json`, unless it says otherwise.

    Raises WinnowError with what is wrong and what to do next; an interrupt ends what was begun as Ctrl-C does on the
    command line. May be used by several threads.
    """

    def __init__(self, folder: Folder, progress: Progress | None = None) -> None:
        self._folder = folder
        self._progress = progress

    def __repr__(self) -> str:
        return f"winnow.open({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """The folder, in full."""
        return self._folder.root

    def load(
        self,
        *locations: File,
        name: str | None = None,
        task: str | None = None,
        payload: str | None = None,
        label: str | None = None,
        label_columns: Sequence[str] = (),
        label_delimiter: str | None = None,
        split: str | None = None,
        id: str | None = None,
        features: Sequence[str] = (),
        class_name: Sequence[str] = (),
        classes: File | None = None,
    ) -> dict[str, Any]:
        """Makes a dataset of files, a folder, a hub id or a sample, and returns what became of it: `rows`, `classes`,
        `rejected` (rows set aside) and the `schema` that was guessed or, in columns by their roles, said. `class_name`
        gives coded classes names (`["0=negative", "1=positive"]`), `classes` a file of names and guidelines."""
        roles = {"payload": payload, "label": label, "label_delimiter": label_delimiter, "split": split, "id": id}
        several = {"label_columns": label_columns, "features": features, "class_name": class_name, "classes": classes}
        return self._record("load", *locations, name=name, task=task, **roles, **several)

    def mask(
        self,
        name: str,
        *,
        how: str | None = None,
        kinds: Sequence[str] = (),
        names: bool = False,
        to: str | None = None,
        where: Sequence[str] = (),
        always: bool | None = None,
    ) -> dict[str, Any]:
        """Makes a dataset (called `to`, or after this one) of a version's rows with personal data masked: by its kind
        (`label`), by a digest that equal values share (`hash`) or by another value (`replacement`). `where` narrows
        which rows are masked, as `--where` does; `names`: names and places in English texts too. With
        `always` it only says whether all that is shown or written of the dataset is masked from now on."""
        about = {"how": how, "kinds": ",".join(kinds) or None, "names": names, "to": to, "where": where}
        about |= {"always": always}
        return self._record("mask", name, **about)

    def datasets(self) -> list[dict[str, Any]]:
        """What the workspace holds."""
        return list(self.command("datasets"))

    def scan(
        self,
        name: str,
        *,
        encoder: str | Sequence[str] = (),
        probabilities: File | None = None,
        folds: int | None = None,
        seed: int | None = None,
        flag_by: str | None = None,
        fine_tune: str | None = None,
        type: str | Sequence[str] = (),
        names: bool = False,
    ) -> dict[str, Any]:
        """Looks for wrong labels, near-duplicates, outliers and all other issues in a dataset (`news`, or `news@2` for
        a version of it) and returns how many there are of each, when that is done. `type` names what to look for
        beside wrong labels, where that is not all. `fine_tune` names a model that is fine-tuned once for each fold
        without it, besides: one more list, in the time of so many fine-tunes. `names`: names of people and places in
        English texts are looked for, too."""
        about = {"probabilities": probabilities, "folds": folds, "seed": seed, "flag_by": flag_by}
        about |= {"fine_tune": fine_tune, "names": names}
        encoders, types = ([one] if isinstance(one, str) else one for one in (encoder, type))
        return self._record("scan", name, encoder=encoders, type=types, **about)

    def issues(self, name: str, type: str | None = None, *, top: int | None = None, flagged: bool = False) -> DataFrame:
        """The ranked list of the newest scan, worst row first: `example_id`, `score` (0–1, lower is worse), `is_issue`,
        `given_label`, `suggested_label`, `rank` and the example. `type` is one of those that the scan looked for, by
        default wrong labels; `top` keeps the worst rows and `flagged` those taken for issues."""
        from pyarrow import parquet

        _, listed = self._run("issues", (name,), as_json=False, type=type, top=top, flagged=flagged, format="parquet")
        return parquet.read_table(BytesIO(listed)).to_pandas()

    def decide(self, name: str, decisions: DataFrame | Iterable[Record] | File, *, reviewer: str) -> dict[str, Any]:
        """Takes down decisions as one reviewer's, all of them or, where one is wrong, none, and returns how many were
        `read`, `written` and `unchanged`.

        A table or records with `example_id` (or the source's own ids), `action` (`keep`, `relabel`, `exclude`,
        `unsure`) and for `relabel` the `label`; other columns are passed over. Or a file of these.
        """
        if isinstance(decisions, str | PathLike):
            return self._record("decide", name, file=decisions, reviewer=reviewer)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "decisions.jsonl"
            file.write_text(_lines_of(decisions), encoding="utf-8")
            return self._record("decide", name, file=file, reviewer=reviewer)

    def version(self, name: str, note: str) -> dict[str, Any]:
        """Makes a new version from the decisions, and returns its `number` and `row_count`."""
        return self._record("version", name, note=note)

    def classes(self, name: str) -> list[dict[str, Any]]:
        """The classes of a dataset with their `rows`, `name` and `guideline`."""
        return list(self.command("classes", name))

    def change_classes(
        self,
        name: str,
        *,
        rename: str | None = None,
        merge: str | None = None,
        split: str | None = None,
        delete: str | None = None,
        words: str | None = None,
        of_split: str | None = None,
        attribute: str | None = None,
        exclude: bool = False,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Changes classes as one act on the newest version: `rename="a=b"`, `merge="a,b=c"`, `split="a=new"` with what
        narrows the rows, `delete="a=b"` (`"a="` where a row may have none, `"a"` with `exclude`). Returns what changes
        by label and split, and the `act`, which `command("decide", name, undo=act, reviewer=who)` takes back; with
        `dry_run` nothing is done."""
        narrowed = {"words": words, "of_split": of_split, "attribute": attribute}
        asked = {"rename": rename, "merge": merge, "split": split, "delete": delete}
        return self._record("classes", name, **asked, **narrowed, exclude=exclude, dry_run=dry_run)

    def train(
        self, name: str, *, version: int | None = None, resume: str | int | None = None, **settings: Any
    ) -> dict[str, Any]:
        """Fine-tunes a model and returns the `run`'s number, its `status` and, in `summary`, its scores. The settings
        are the flags of `train` on the command line: `strategy="head"`, `learning_rate=1e-4`."""
        return self._record("train", name, version=version, resume=resume, **settings)

    def runs(self, name: str) -> list[dict[str, Any]]:
        """A dataset's fine-tunes, newest first."""
        return list(self.command("runs", name))

    def evaluate(
        self, name: str, run: str | int, *, split: str = "test", labels: str = "version", by: str | Sequence[str] = ()
    ) -> dict[str, Any]:
        """Scores a run on a split, with 95 % intervals; `labels` says whose labels are true: `version`, `given` or
        `newest`. `by` an attribute, or several to be crossed: how it fares in each of its groups, and how far apart
        these are."""
        return self._record(
            "evaluate", name, run=run, split=split, labels=labels, by=[by] if isinstance(by, str) else by
        )

    def command(self, name: str, /, *arguments: Any, **options: Any) -> Any:
        """Any other command that an open workspace answers: `w.command("export", "news", format="csv",
        out="news.csv")`. Returns what it prints with `--json`."""
        answer, _ = self._run(name, arguments, **options)
        return answer

    def _record(self, name: str, /, *arguments: Any, **options: Any) -> dict[str, Any]:
        return dict(self.command(name, *arguments, **options))

    def _run(
        self, command: str, arguments: Sequence[Any], /, *, as_json: bool = True, **options: Any
    ) -> tuple[Any, bytes]:
        """A command's answer as JSON has it, and what it wrote to standard output by itself."""
        out, err = BytesIO(), Lines(self._progress) if self._progress else sys.stderr
        with called_by(Caller(own_user(), Path.cwd(), out, err, json=as_json)):
            answer = parsed(command, arguments, options).asked(self._folder)
        return answer and answer.plain, out.getvalue()


def _lines_of(decisions: DataFrame | Iterable[Record]) -> str:
    """As JSON lines."""
    if hasattr(decisions, "to_json"):
        return str(decisions.to_json(orient="records", lines=True, force_ascii=False))
    return "\n".join(json.dumps(dict(record), ensure_ascii=False) for record in decisions)
