"""A proof on labels that are one class each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from core.heads.out_of_sample import OutOfSample
from core.issues.label.confident import row_facts
from core.issues.label.find import find_label_issues
from core.issues.label.flags import wrong_rows
from core.issues.label.share import seen_errors
from core.issues.signals import Signals
from core.jobs.proof.bed import Look, OfClasses, Scores, chance_wrong, pooled, seen_by
from core.jobs.proof.detectors import rankings
from core.jobs.proof.plant import Soil, plant
from core.jobs.proof.spec import MANNERS
from core.targets import Labels

ByModel = Mapping[str, OutOfSample]


class OneClass(OfClasses):
    """See `Kind`."""

    manners = MANNERS

    def look(self, judged: ByModel) -> Look:
        """By the noise model on all encoders."""
        bed, together, seen = self.bed, pooled(judged, self.bed.labels), seen_by(judged)
        finding = find_label_issues(Signals.of(bed.labels, together, seen, known=bed.right))
        suspected = (finding.is_issue & ~bed.right) | bed.wrong
        open_ = Signals.of(bed.labels, together, seen & ~bed.right)
        errors = seen_errors(open_, row_facts(bed.labels, together))
        chance = chance_wrong(bed, seen, lambda rows: wrong_rows(finding.score[rows], errors).likely)
        free = ~suspected & seen
        soil = Soil(bed.labels, together, free, finding.class_shares.estimates)
        return Look(suspected, chance, finding.share_wrong.estimate, free, partial(plant, soil))

    def rankings(self, labels: Labels, judged: ByModel) -> dict[str, Scores]:
        """See `core.jobs.proof.detectors`."""
        return rankings(labels, judged, self.bed.nearest.rows, self.bed.own)
