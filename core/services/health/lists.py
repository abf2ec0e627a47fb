"""The lines of a health that are lists of a scan: each of its types, by kind where it has kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.issues import ISSUE_TYPES
from core.issues.contract import IssueType
from core.records import Dataset, Estimate, Place, Scan, Version, split_said
from core.services.health.rows import HealthRow
from core.services.issues.listing import overlaps_of
from core.services.lists.asked import FILTERS, FLAGGED, KIND, SHOW, TYPE, UNDECIDED
from core.services.lists.written import write_filters
from core.store.telling.health import CONFLICTING, Counted
from core.words import later, say, say_n

UNMEASURED: Mapping[str, str] = {
    "outlier": later("Not measured: whether a model learns better without them depends on whether they belong."),
    "ambiguous": later(
        "Not measured: of two classes that both fit neither is wrong; a guideline makes labels agree more often."
    ),
    "content": later("Not measured: what a model loses by them is not known."),
    "personal_data": later("No accuracy is gained: it is what may not be passed on."),
}


@dataclass(frozen=True, slots=True)
class OfScan:
    """What the lists are read from."""

    dataset: Dataset
    version: Version
    scan: Scan
    expected: Estimate | None
    """Wrong labels expected among the open rows; None where it is not estimated."""
    seconds: float
    """For a verdict."""

    def place(self, page: str, **query: str) -> Place:
        """A place of this version."""
        return Place(page, {"dataset": self.dataset.name, "version": str(self.version.number)} | query)


def list_rows(of: OfScan, counted: list[Counted]) -> Iterator[HealthRow]:
    """A line for each list that has rows."""
    for one in counted:
        kind = ISSUE_TYPES.get(one.issue_type)
        if kind is None or one.issue_type not in of.scan.types or (one.kind and one.kind not in _kinds(kind)):
            continue
        yield _row(of, one, kind)


def overlap_rows(of: OfScan) -> Iterator[HealthRow]:
    """A line for the classes that the scan's model hardly tells apart."""
    found = overlaps_of(of.scan, of.dataset.called)
    if not found:
        return
    told = [
        say("{first} and {second} ({right:.0%} right)", first=one.first, second=one.second, right=one.right.estimate)
        for one in found
    ]
    pairs = ", ".join(told)
    yield HealthRow(
        key="overlap",
        title=say_n("{n:,} pair of classes hardly told apart", "{n:,} pairs of classes hardly told apart", len(found)),
        rows=0,
        share=0.0,
        sure=say("Of their rows that are predicted as one of the two; a coin has 50 %: {pairs}.", pairs=pairs),
        gain=say("Not measured: merged, or with guidelines that set them apart, there is less to confuse."),
        to_do=say("Merge, or write a guideline"),
        place=of.place("issues", **{TYPE: "ambiguous"}),
        of_rows=False,
    )


def _kinds(kind: IssueType[Any]) -> Mapping[str, str]:
    return _OF_COPIES if kind.name == "near_duplicate" else {name: title for name, (title, _) in kind.kinds.items()}


_OF_COPIES = {
    "conflicting": later("Near-duplicates with other labels"),
    "copies": later("Near-duplicates with the same label"),
}


def _row(of: OfScan, one: Counted, kind: IssueType[Any]) -> HealthRow:
    about, left = of.scan.found(kind.name), one.rows - one.decided
    wrong, gain = _gain(of, one, about)
    title = say(_kinds(kind)[one.kind]) if one.kind else say(kind.title)
    of_type = say(kind.title)
    return HealthRow(
        key=f"{kind.name}-{one.kind}" if one.kind else kind.name,
        title=say("{type}: {kind}", type=of_type, kind=title) if kind.kinds and one.kind else title,
        rows=one.rows,
        share=one.rows / max(1, of.version.row_count),
        sure=say(kind.kinds[one.kind][1]) if kind.kinds and one.kind else kind.told(about, of.dataset.called),
        gain=gain,
        to_do=_to_do(kind, one),
        place=of.place("issues", **_query(one, left)),
        wrong=wrong,
        leaks=kind.name == "leakage",
        decided=one.decided,
        minutes=left * of.seconds / 60,
        at_once=one.kind == "copies" or kind.name in ("leakage", "personal_data"),
    )


def _to_do(kind: IssueType[Any], one: Counted) -> str:
    return say("Decide which label is right") if one.kind == "conflicting" else say(kind.to_do)


def _query(one: Counted, left: int) -> dict[str, str]:
    query = {TYPE: one.issue_type, SHOW: UNDECIDED if left else FLAGGED}
    if one.issue_type == "near_duplicate":
        sign = "<" if one.kind == "conflicting" else ">="
        return query | {FILTERS: write_filters([f"score {sign} {CONFLICTING}"])}
    return query | ({KIND: one.kind} if one.kind else {})


def _gain(of: OfScan, one: Counted, about: Mapping[str, Any]) -> tuple[Estimate | None, str]:
    """Wrong labels that are expected to go, and what is to be said of it."""
    if one.rows == one.decided:
        return None, say("All of it is decided.")
    if one.issue_type == "label":
        return _of_labels(of)
    if one.kind == "conflicting":
        said = say_n(
            "One label at least is wrong in {n:,} group, where its copies mean the same.",
            "One label at least is wrong in each of {n:,} groups, where their copies mean the same.",
            one.groups,
        )
        return Estimate(one.groups, one.groups, one.rows - one.decided), said
    if one.kind == "copies":
        said = say_n(
            "No label changes: {n:,} row less to keep, and none of them counts twice.",
            "No label changes: {n:,} rows less to keep, and none of them counts twice.",
            one.rows - one.decided,
        )
        return None, said
    if one.issue_type == "leakage":
        return None, _of_leakage(about)
    if one.issue_type == "unlabelled":
        share = about.get("expected_right")
        known = "" if share is None else say(" About {share:.0%} of the suggestions are right.", share=share)
        left = one.rows - one.decided
        return None, say_n("{n:,} label more.", "{n:,} labels more.", left) + known
    return None, say(UNMEASURED.get(one.issue_type, later("Not measured.")))


def _of_labels(of: OfScan) -> tuple[Estimate | None, str]:
    found = of.expected
    if found is None:
        return None, say("Not estimated: how many of the labels are wrong is not known.")
    wrong = say_n("About {n:,} wrong label would go", "About {n:,} wrong labels would go", round(found.estimate))
    said = say("{wrong} ({low:,.0f} to {high:,.0f}).", wrong=wrong, low=found.low, high=found.high)
    if of.scan.found("label").get("untold"):
        said = say("{said} A rough figure: how many are wrong cannot be told.", said=said)
    return found, said


def _of_leakage(about: Mapping[str, Any]) -> str:
    known = {
        name: one
        for name, one in about.get("splits", {}).items()
        if one.get("with") is not None and one.get("without") is not None and one["leaked"]
    }
    if not known:
        return say("Not measured: the accuracy without these rows is not known.")
    name = max(known, key=lambda one: known[one]["with"] - known[one]["without"])
    points = 100 * (known[name]["with"] - known[name]["without"])
    values = {"points": abs(points), "split": split_said(name), "with_them": known[name]["with"]}
    values["without"] = known[name]["without"]
    if points <= 0:
        return say(
            "Accuracy on {split} is {with_them:.1%}, and {without:.1%} without them: nothing is inflated.", **values
        )
    return say(
        "Accuracy on {split} is inflated by {points:.1f} points: {with_them:.1%}, and {without:.1%} without them.",
        **values,
    )
