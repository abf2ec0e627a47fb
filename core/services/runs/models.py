"""The models that runs have left: which run is meant, where its model lies, the model as a ZIP, and how to load it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.files import whole
from core.records import Dataset, Run
from core.services.export import file_name
from core.store.datasets import get_dataset, list_datasets
from core.tasks import Task, task_named


def find_run(context: Context, name: str, dataset: str | None = None) -> Run:
    """The run of that id, or of that number in `dataset`, or in the only dataset that has one of that number.

    Raises NotFoundError where there is none, UsageError where several datasets have one.
    """
    if dataset is not None:
        return context.ledger.runs.get(get_dataset(context.store, dataset).dataset_id, name)
    found = [
        (one.name, run)
        for one in list_datasets(context.store)
        for run in context.ledger.runs.of(one.dataset_id)
        if name in (run.run_id, str(run.number))
    ]
    if not found:
        raise NotFoundError(f"Run {name!r} not found in any dataset.", "`runs N` lists the runs of dataset N.")
    if len(found) > 1:
        listed = ", ".join(name for name, _ in found)
        raise UsageError(f"{len(found)} datasets have a run {name}: {listed}.", "Say which one: --dataset N.")
    return found[0][1]


def task_of_run(context: Context, run: Run) -> Task:
    """What the run's model takes, and what it says."""
    return task_named(get_dataset(context.store, run.dataset_id).task)


def output_of(context: Context, run: Run) -> Path:
    """The output folder of a run that is done: `model/` and the features of its training rows lie there.

    Raises NotFoundError where the run has left no model, or where that was deleted.
    """
    output = context.queue.folder(run.run_id).output
    if not run.summary or not (output / "model" / "config.json").is_file():
        if run.summary:
            raise NotFoundError(f"The model of run {run.number} is gone: {output} was deleted.", "Train it once more.")
        status = context.queue.get(run.run_id).status
        raise NotFoundError(f"Run {run.number} has no model: it is {status}.", "Take a run that is done.")
    return output


def folder_name(context: Context, run: Run) -> str:
    """`news-run-3`."""
    dataset = get_dataset(context.store, run.dataset_id).name
    return file_name(f"{dataset}-run-{run.number}")


def export_model(context: Context, run: Run, out: Path) -> Path:
    """Writes the run's model folder as a ZIP to `out`, which must not exist, and returns it. Its config calls the
    classes by the names that people gave them: no position changes, so the weights mean the same.

    Stored, since weights do not become smaller by packing: it takes as long as copying does. Raises UsageError where
    `out` exists, NotFoundError where there is no model.
    """
    model = output_of(context, run) / "model"
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    out.parent.mkdir(parents=True, exist_ok=True)
    inner, dataset = folder_name(context, run), get_dataset(context.store, run.dataset_id)
    with whole(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(model.rglob("*")):
            if file.is_file():
                place = f"{inner}/{file.relative_to(model).as_posix()}"
                if file == model / "config.json" and dataset.names:
                    archive.writestr(place, named_config(file.read_text(encoding="utf-8"), dataset))
                else:
                    archive.write(file, place)
    return out


def named_config(text: str, dataset: Dataset) -> str:
    """A model's config with names in place of classes: `id2label`, and `label2id`, which leads back."""
    config = json.loads(text)
    names = {number: dataset.called(code) for number, code in config["id2label"].items()}
    config |= {"id2label": names, "label2id": {name: int(number) for number, name in names.items()}}
    return json.dumps(config, indent=2, ensure_ascii=False) + "\n"


def snippet(context: Context, run: Run) -> str:
    """Python that loads the unpacked ZIP without Winnow."""
    task = task_of_run(context, run)
    snippet = task.target.snippet or task.modality.fine_tuning.snippet
    return snippet.format(folder=folder_name(context, run), answer=task.target.answer)
