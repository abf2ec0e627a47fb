"""Whether labels that a run is held against were changed while a model's answers were in sight."""

from __future__ import annotations

from core.context import Context
from core.records import Evaluation, MultiLabelEvaluation, Run
from core.store.acts.in_sight import changed_in_sight


def in_sight(context: Context, run: Run, found: Evaluation | MultiLabelEvaluation) -> list[str]:
    """A sentence, where there is something to say: labels that follow a model raise its score, rightly or not."""
    tiers = changed_in_sight(context.store, found.version_id, run.run_id, found.split)
    changed, own = sum(tiers.values()), tiers.get(f"run {run.number}", 0)
    if not changed:
        return []
    labels = "1 of these labels was" if changed == 1 else f"{changed:,} of these labels were"
    if own == changed:
        return [f"{labels} changed with this run's own answers in sight, which flatters its score."]
    of_them = f", {own:,} of them this run's own" if own else ""
    return [f"{labels} changed with a model's answer in sight{of_them}: that flatters models which answer like it."]
