"""`mask`: a dataset of a version's rows without personal data; the version stays as it is."""

from __future__ import annotations

from typing import Any

import click

from core.commands.command import Answer, command, person
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.commands.review.rows_asked import rows_asked, rows_options
from core.context import Context
from core.errors import UsageError
from core.jobs.mask.web import MASK
from core.personal import KINDS, MANNERS, Masking
from core.services.load import wait
from core.services.privacy.always import set_always
from core.services.privacy.masking import look, start_masking

KNOWN = ", ".join(one.name for one in KINDS)


@command
@version_argument
@click.option("--how", type=click.Choice(tuple(MANNERS)), default="label", show_default=True, help="what stands there")
@click.option("--kinds", metavar="K,…", default="", help=f"which, by commas: {KNOWN}; all by default")
@click.option("--names", is_flag=True, help="names and places in English texts too, by a model: slower")
@click.option("--to", metavar="DATASET", default="", help="what the masked dataset is called; default: “NAME masked”")
@click.option(
    "--always/--not-always",
    default=None,
    help="only say whether all that is shown or written of the dataset is masked from now on",
)
@click.option("--dry-run", is_flag=True, help="only say what would be masked in the first rows")
@rows_options
def mask_command(
    context: Context,
    name: str,
    how: str,
    kinds: str,
    names: bool,
    to: str,
    always: bool | None,
    dry_run: bool,
    **which: Any,
) -> Answer:
    """Make a dataset of a version with personal data masked."""
    dataset, version = dataset_version(context, name)
    if always is not None:
        rule = set_always(context, dataset, always, person())
        on = rule is not None and rule.on
        said = "are masked" if on else "are as the rows are"
        return Answer(
            {"dataset": dataset.name, "always": on, "by": rule and rule.by},
            f"{dataset.name}: pages, files, reports and lists {said} from now on.",
        )
    manner = next(one for one in MANNERS if one == how)
    masking = Masking(manner, tuple(one.strip() for one in kinds.split(",") if one.strip()))
    among = None
    if any(value for value in which.values()):
        among, _ = rows_asked(context, dataset, version, **which)
    if dry_run:
        found = look(context, version, masking, among)
        examples = [{"example_id": row, "before": before, "after": after} for row, before, after in found.examples]
        counted = {"rows": found.rows, "looked_at": found.looked_at, "changed": found.changed}
        told = f"Of the first {found.looked_at:,} of {found.rows:,} rows {found.changed:,} would be masked."
        lines = [f"{row}: {before}\n  → {after}" for row, before, after in found.examples]
        answer = {**counted, "kinds": dict(found.kinds), "examples": examples}
        return Answer(answer, "\n".join([told, *lines]))
    if names and masking.kinds and not {"name", "place"} & set(masking.kinds):
        raise UsageError("--names finds names and places, and --kinds leaves them out.", "Leave one of the two out.")
    job = start_masking(context, dataset, version, masking, person(), name=to, names=names, among=among)
    with ProgressLine() as line:
        made = wait(context, job.job_id, line.show)
    result = MASK.result_of(context.queue.folder(job.job_id))
    rows, counts = (result.rows, dict(result.kinds)) if result else (0, {})
    about = {"dataset": made.name, "from": dataset.name, "from_version": version.number, "rows": made.row_count}
    told = ", ".join(f"{kind} {count:,}" for kind, count in counts.items()) or "nothing"
    return Answer(
        {**about, "masked_rows": rows, "kinds": counts},
        f"{made.name}: {made.row_count:,} rows of {dataset.name}, version {version.number}; "
        f"{rows:,} of them masked ({told}).",
    )
