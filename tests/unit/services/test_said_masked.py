"""What people said of the rows of an always-masked dataset, notes, tags and the source's ids, is shown masked; what is
kept of it stays as it was said."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import personal
from core.context import Context
from core.jobs.predict.spec import PredictResult, PredictSpec
from core.jobs.recorded import record_versions
from core.records import MISFIT, Dataset, RowFilter
from core.review.many import among_said
from core.review.records import Act
from core.services.classes.naming import log_of, name_classes
from core.services.export import export
from core.services.prediction.predict import first_results, write_results
from core.services.privacy.always import set_always
from core.services.review.among import OfVersion
from core.services.review.decisions import make_version, record
from core.services.review.log import log
from core.services.runs.naming import describe_run, note_shown
from core.services.tags.tagging import OneTag, acts_shown, carry_out, plan_tag, record_tags, tags_of_version
from core.store import export as exporting
from core.store.acts.decisions import in_force
from core.store.acts.tags import tag_names, tags_of, tags_shown
from core.store.datasets import get_dataset
from core.store.query.views import views_of
from core.store.record_lists import export_records, page_records
from core.store.record_lists.decisions import decided
from core.store.versions import get_version, list_versions
from core.typed import to_json
from core.ui.review.payload import decided as on_desk
from core.words import speaking
from tests.integration.load_support import loaded
from tests.pages.training_data import begin

NOTE, TAG = "ask jane@firm.com about it", "for joe@firm.com"
HIDDEN = ("ask [email] about it", "for [email]")


@pytest.fixture
def calls(context: Context, tmp_path: Path) -> Dataset:
    path = tmp_path / "calls.csv"
    rows = [f"138001380{row},a text {row},{'xy'[row % 2]}" for row in range(10, 50)]
    path.write_text("phone,text,label\n" + "\n".join(rows) + "\n")
    dataset = loaded(context, path, name="calls", id="phone")
    record(context, dataset.latest_version_id, "ada", [Act("k0", "keep", 0, note=NOTE)])
    make_version(context, dataset.latest_version_id, NOTE, "ada")
    made = get_dataset(context.store, dataset.dataset_id)
    among = OfVersion(made.latest_version_id, RowFilter(example_ids=(0, 1)))
    carry_out(context, plan_tag(context, among, TAG, puts=True), "ada", NOTE)
    set_always(context, made, True, "ada")
    return made


def test_notes_are_masked_where_they_are_shown_alone(context: Context, calls: Dataset, tmp_path: Path) -> None:
    (line,) = log(context, calls.dataset_id, limit=5).lines
    (decision,) = in_force(context.store, list_versions(context.store, calls.dataset_id)[0].version_id)
    shown = on_desk(context, decision, "bob")
    assert shown is not None and (line.decision.note, shown["note"]) == (HIDDEN[0], HIDDEN[0])
    assert decision.note == NOTE, "what acts are compared with"
    assert [one.note for one in list_versions(context.store, calls.dataset_id)] == ["", HIDDEN[0]]
    assert get_version(context.store, calls.latest_version_id).note == HIDDEN[0]
    record_versions(context)
    kept = context.ledger.versions.by_id(calls.latest_version_id)
    assert kept is not None and kept.version.note == NOTE, "the store can be made again from it"
    set_always(context, calls, False, "ada")
    assert get_version(context.store, calls.latest_version_id).note == NOTE


def test_a_tag_that_is_shown_masked_can_be_put_on_and_taken_off(context: Context, calls: Dataset) -> None:
    version = get_version(context.store, calls.latest_version_id)
    assert tags_of(context.store, calls.dataset_id, [0, 2]) == {0: (HIDDEN[1],)}
    assert [(one.name, one.rows) for one in tags_of_version(context, version)] == [(HIDDEN[1], 2)]
    assert tags_shown(context.store, calls.dataset_id) == (HIDDEN[1],)
    (act,) = acts_shown(context, context.ledger.tags.page(calls.dataset_id, limit=5))
    assert (act.tag, act.among) == (HIDDEN[1], HIDDEN[0])
    taken = record_tags(context, version, "ada", [OneTag("a", 2, HIDDEN[1], True), OneTag("b", 0, HIDDEN[1], False)])
    undone = record_tags(context, version, "ada", [OneTag("c", 2, HIDDEN[1], False, undoes="a")])
    assert not taken.refused and not undone.refused
    assert tag_names(context.store, calls.dataset_id) == (TAG,)
    assert [(one.name, one.rows) for one in tags_of_version(context, version)] == [(HIDDEN[1], 1)]


def test_the_sources_ids_are_masked_by_their_own_name(context: Context, calls: Dataset, tmp_path: Path) -> None:
    listed = decided(calls, ())
    (line,) = page_records(context.store, listed, (), listed.usual, 5)
    assert (line["source_id"], line["note"]) == ("[phone]", HIDDEN[0])
    out = export_records(context.store, listed, (), listed.usual, listed.columns, tmp_path / "acts.jsonl", "jsonl")
    told = json.loads(out.read_text())
    assert (told["source_id"], told["note"]) == ("[phone]", HIDDEN[0])
    whole = Path(export(context, calls.latest_version_id, "jsonl", tmp_path / "rows.jsonl"))
    assert TAG not in whole.read_text() and HIDDEN[1] in whole.read_text()


def test_what_a_masked_copys_tags_were_put_on_is_said_in_chinese_too() -> None:
    with speaking("zh"):
        assert among_said("masked copy of calls") == "“calls”的遮蔽副本"


def test_a_copy_for_queries_is_made_anew_once_something_else_is_masked(
    context: Context, calls: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = get_version(context.store, calls.latest_version_id)

    def digests() -> list[str]:
        views = views_of(context.store, calls, version, {})
        return [views[name].digest for name in ("rows", "decisions", "tags")]

    before = digests()
    assert digests() == before and len(personal.edition()) == 16
    monkeypatch.setattr(personal, "edition", lambda: "another")
    assert not set(digests()) & set(before)
    set_always(context, calls, False, "ada")
    whole = digests()
    monkeypatch.undo()
    assert digests() == whole, "where nothing is masked it is the same"


@pytest.mark.slow
def test_a_folder_for_datasets_is_masked_in_a_process_of_its_own(
    context: Context, calls: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> str:
        raise AssertionError("row by row in the web process")

    monkeypatch.setattr(exporting, "masked_sql", refused)
    out = Path(export(context, calls.latest_version_id, "datasets", tmp_path / "folder"))
    held = b"".join(path.read_bytes() for path in out.rglob("*.arrow"))
    assert b"[phone]" in held and HIDDEN[1].encode() in held and TAG.encode() not in held


def test_a_guideline_and_a_note_on_a_run_are_masked_where_they_are_shown_alone(
    context: Context, calls: Dataset
) -> None:
    name_classes(context, calls, "ada", guidelines={"x": NOTE, "y": "all others"})
    assert get_dataset(context.store, "calls").guidelines == {"x": HIDDEN[0], "y": "all others"}
    assert {one.code: one.guideline for one in log_of(context, calls)} == {"x": HIDDEN[0], "y": "all others"}
    run = begin(context, calls)
    noted = describe_run(context, run, note=NOTE)
    assert note_shown(context, noted) == HIDDEN[0]
    assert describe_run(context, noted, name="first", note=HIDDEN[0]).note == NOTE, "shown and saved as it was"
    set_always(context, calls, False, "ada")
    assert get_dataset(context.store, "calls").guidelines["x"] == NOTE


@pytest.mark.parametrize("format_", ["csv", "jsonl", "json", "parquet"])
def test_what_a_model_predicts_of_a_file_has_its_own_columns_masked(
    context: Context, calls: Dataset, tmp_path: Path, format_: str
) -> None:
    spec = PredictSpec("", 1, tmp_path, ("sent.csv",), None, "text", ("text", "phone"), "sent.csv", task=calls.task)
    job = context.queue.start_local("predict", "Predict sent.csv", to_json(spec), calls.dataset_id, "ada")
    folder = context.queue.folder(job.job_id)
    aside = [
        "line 3: too many columns: 3 where the table has 2: Jane Miller,1,jane@firm.com",
        f"line 4: {MISFIT}phone: Jane Miller: 7",
        "missing text",
    ]
    rows = {
        "text": [NOTE, None, None, None],
        "phone": [13800138010, None, None, None],
        "predicted": ["jo@firm.com", None, None, None],
        "reason": [None, *aside],
    }
    pq.write_table(pa.table(rows), folder.output / "predictions.parquet")
    folder.write_result(to_json(PredictResult(4, 1, {"x": 1}, "reason", 0.1)))
    done = context.queue.finish_local(job.job_id, "done")
    shown, *bad = first_results(context, done, 5)
    reasons = ["line 3: too many columns", f"line 4: {MISFIT}phone", "missing text"]
    assert [one["reason"] for one in bad] == reasons
    assert (shown["text"], shown["phone"], shown["predicted"]) == (HIDDEN[0], "[phone]", "jo@firm.com"), "a class"
    told = context.store.fetch_named(
        f"SELECT * FROM '{write_results(context, done, tmp_path / f'out.{format_}', format_)}'"
    )
    assert [one["reason"] for one in told[1:]] == reasons
    assert (told[0]["text"], told[0]["phone"], told[0]["predicted"]) == (HIDDEN[0], "[phone]", "jo@firm.com")
    set_always(context, calls, False, "ada")
    assert first_results(context, done, 5)[0]["text"] == NOTE
