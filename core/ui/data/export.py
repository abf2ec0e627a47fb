"""Data, view Export: the version as a file, to the browser or to a folder on the server."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from core.context import Context
from core.errors import UsageError
from core.records import Dataset, MaskRule, Version
from core.services.export import TABLES, export, file_name, formats_of
from core.services.privacy.always import can_mask, set_always, standing
from core.services.runs.forecast_time import time_of_export
from core.services.runs.time_in_words import of_work
from core.settings import allowed_folders
from core.tasks import target_of, task_named
from core.ui import keys
from core.ui.parts.background import forget, result_of, this_minute
from core.ui.parts.paths import inside, typable
from core.ui.parts.problems import plain
from core.words import later, say, stored

FORMATS = {
    "csv": (later("CSV, formulas escaped"), ".csv"),
    "parquet": ("Parquet", ".parquet"),
    "jsonl": (later("JSON lines"), ".jsonl"),
    "datasets": (later("Folder for datasets.load_from_disk"), ""),
    "conll": (later("CoNLL columns, a file for each split"), ""),
    "imagefolder": (later("ZIP with one folder of images per class"), ".zip"),
    "audiofolder": (later("ZIP with one folder of sounds per class"), ".zip"),
}
How = tuple[bool, bool]
"""Whether with the names of classes, and whether with personal data masked."""
LARGE_ROWS = 500_000
"""A download is held in memory while it is sent: beyond this, the server writes the file itself."""


def export_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """Format, then a download, or a path on the server."""
    offered = formats_of(task_named(dataset.task))
    rule = standing(context, dataset)
    always = rule is not None and rule.on
    title = say("Export {name}, version {number}", name=plain(dataset.name), number=version.number)
    st.markdown(f"**{title}**")
    st.caption(say("{n:,} rows with their labels as of this version; excluded rows are left out.", n=version.row_count))
    if target_of(dataset).located:
        st.caption(say("Spans are in characters of the text; each format loads again as it was."))
    elif target_of(dataset).numeric:
        st.caption(say("Labels are numbers; each format loads again as it was."))
    elif target_of(dataset).several:
        st.caption(say("Labels are lists of classes, in CSV JSON arrays; each format loads again as it was."))
    chosen = (
        st.radio(say("Format"), offered, format_func=lambda name: say(FORMATS[name][0]), key="export-format")
        or offered[0]
    )
    named = (
        bool(dataset.names)
        and chosen in TABLES
        and st.checkbox(
            say("With the names of classes"),
            key="export-names",
            help=say("A column “label_name” beside the labels, which stay as they were loaded."),
        )
    )
    masked = (
        can_mask(task_named(dataset.task))
        and chosen in TABLES
        and st.checkbox(
            say("With personal data masked"),
            value=always,
            disabled=always,
            key=f"export-masked-{always}",
            help=say(
                "[email], [phone] and the like in place of what has their form, in texts, in columns of texts and in "
                "the source's ids. Of names those after a title or a word of naming; “Mask personal data” below "
                "finds more, by a model of English. Of numbers and dates those in columns whose "
                "names say that they are somebody's."
            ),
        )
    )
    if can_mask(task_named(dataset.task)):
        _always(context, dataset, rule, user)
    how = (named, masked)
    _time(context, version, chosen)
    large = version.row_count > LARGE_ROWS
    if not large:
        _download(context, dataset, version, chosen, how)
    with st.expander(say("Write it to the server instead"), expanded=large):
        _to_server(context, dataset, version, chosen, how)


def _always(context: Context, dataset: Dataset, rule: MaskRule | None, user: str) -> None:
    """Whether all that is shown or leaves of the dataset is masked, since when and by whose word."""
    on = rule is not None and rule.on
    chosen = st.toggle(
        say("This dataset is always masked: on pages, in files and in reports"),
        value=on,
        key=f"export-always-{on}",
        help=say(
            "From now on, for everybody: pages, lists, the desk, SQL, exports, predictions of files and reports have "
            "[email] and the like in place of personal data, and links that share the dataset are closed. Filters "
            "still look at the rows as they are. Single words that figures name, names that people give (classes, "
            "runs, rules, filters), saved filters, the address of a page whose list is filtered by a value, and a desk "
            "or a page that is open already stay as they are."
        ),
    )
    if rule is not None:
        said = (
            say("Always masked since {at:%d %b %Y %H:%M}, by {by}", at=rule.at, by=plain(rule.by))
            if rule.on
            else say("No longer always masked since {at:%d %b %Y %H:%M}, by {by}", at=rule.at, by=plain(rule.by))
        )
        st.caption(said)
    if chosen != on:
        set_always(context, dataset, bool(chosen), user)
        st.rerun()


def _time(context: Context, version: Version, chosen: str) -> None:
    """How long it will take; nothing until that is known."""
    found = result_of(
        context,
        ("export time", version.version_id, chosen, this_minute()),
        lambda: time_of_export(context, version.version_id, chosen),
        waiting=stored("Estimating how long it takes"),
    )
    if found is not None:
        st.caption(plain(of_work(found)))


def _named(dataset: Dataset, version: Version, chosen: str) -> str:
    """`news-v2.csv`."""
    return file_name(f"{dataset.name}-v{version.number}{FORMATS[chosen][1]}")


def _download(context: Context, dataset: Dataset, version: Version, chosen: str, how: How) -> None:
    name = _named(dataset, version, chosen) + (".zip" if FORMATS[chosen][1] == "" else "")
    st.download_button(
        say("Download"),
        lambda: _made(context, dataset, version, chosen, how),
        file_name=name,
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key=f"export-download-{chosen}",
    )


def _made(context: Context, dataset: Dataset, version: Version, chosen: str, how: How) -> BinaryIO:
    """The export as an open file that is gone from the disk once it is closed. Runs off the script thread."""
    with tempfile.TemporaryDirectory(dir=context.workspace.uploads) as folder:
        out = Path(folder) / _named(dataset, version, chosen)
        export(context, version.version_id, chosen, out, named=how[0], masked=how[1])
        if out.is_dir():
            out = Path(shutil.make_archive(str(out), "zip", out))
        return out.open("rb")


def _to_server(context: Context, dataset: Dataset, version: Version, chosen: str, how: How) -> None:
    folder = st.text_input(say("Folder on the server"), value=str(allowed_folders()[0]), key="export-folder")
    if st.button(say("Write"), icon=":material/save:", key="export-write"):
        st.session_state[keys.EXPORT] = (version.version_id, chosen, folder, how)
    asked = st.session_state.get(keys.EXPORT)
    if asked is None:
        return
    try:
        out = inside(asked[2], typable()) / _named(dataset, version, asked[1])
        version_id, format_, _, asked_how = asked
        written = result_of(
            context,
            asked,
            lambda: _write(context, version_id, format_, out, asked_how),
            waiting=stored(f"writing {plain(str(out))}"),
        )
    except Exception:
        del st.session_state[keys.EXPORT]  # said once: no later rerun writes what was refused now
        raise
    if written is not None:
        del st.session_state[keys.EXPORT]
        forget(context, asked)
        st.success(say("Written: {path}", path=plain(str(written))))


def _write(context: Context, version_id: str, chosen: str, out: Path, how: How) -> Path:
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write to another folder.")
    export(context, version_id, chosen, out, named=how[0], masked=how[1])
    return out
