"""`profile`: how balanced and how biased the labels of a version are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from core.commands.command import Answer, command, table
from core.commands.groups.reference import beside_reference, written_reference
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.errors import UsageError
from core.lookalikes import lookalike_notes
from core.services.profile.report import whole_profile
from core.tasks import task_named

TOP_CLASSES = 20
TOP_WORDS = 10
_SPREAD = ("deviation", "minimum", "p5", "p25", "median", "p75", "p95", "maximum")


@command
@version_argument
@click.option("--against", metavar="OTHER", help="compare with another dataset or version, such as a later file")
@click.option("--by", multiple=True, metavar="ATTRIBUTE", help="with --reference: whose groups; twice crosses two")
@click.option(
    "--reference",
    type=written_reference,
    metavar="SHARES",
    help="shares that the groups should have, instead: east=50,west=50 or a CSV file of group and share",
)
def profile_command(
    context: Context, name: str, against: str | None, by: Sequence[str], reference: str | None
) -> Answer:
    """Measure balance, duplicates, bias and drift."""
    dataset, version = dataset_version(context, name)
    if bool(by) != (reference is not None):
        raise UsageError(
            f"--{'reference' if reference is not None else 'by'} is half of a question.",
            "Give --by ATTRIBUTE and --reference SHARES together.",
        )
    if reference is not None:
        return beside_reference(context, dataset, version, by, reference)
    other = dataset_version(context, against) if against else None
    if other is not None and task_named(other[0].task).modality is not task_named(dataset.task).modality:
        raise UsageError(
            f"{other[0].name!r} has other examples than {dataset.name!r}: {other[0].task}, not {dataset.task}.",
            "Compare with a dataset of the same kind of examples.",
        )
    with ProgressLine() as line:
        profile = whole_profile(
            context,
            version.version_id,
            lambda done, total: line.share(f"profile of {dataset.name}", done / (total or 1)),
            against=other[1].version_id if other else "",
        )
    said = {"splits": "between splits", "order": "along the file", "other": f"from {against}"}
    return Answer(profile, "\n\n".join((_text(profile, dataset.called), *_drifts(profile["drift"], said))))


def _unlabelled(count: int) -> list[str]:
    return [f"{count:,} rows have no label yet; the classes are counted over the others."] if count else []


def _text(profile: Mapping[str, Any], called: Callable[[str], str]) -> str:
    parts = _numbers(profile) if "numbers" in profile else _classes(profile, called)
    associations = [
        (name, one["association"]["measure"], _interval(one["association"]["value"]))
        for name, one in profile["attributes"].items()
        if one["association"]["value"] is not None
    ]
    if associations:
        parts.append(table(("attribute", "association with the label", "value, 95 % interval"), associations))
    parts.extend(_missing(profile["missing"], called))
    slices = [
        (
            one["name"],
            one["rows"],
            f"{one['share']:.1%}",
            one["mean"] and _interval(one["mean"], ",.5g"),
            one["problem"],
        )
        for one in profile.get("slices", ())
    ]
    if any(mean for _, _, _, mean, _ in slices):
        parts.append(table(("slice", "rows", "share", "mean label, 95 % interval", ""), slices))
    elif slices:
        parts.append(table(("slice", "rows", "share", ""), [(*one[:3], one[4]) for one in slices]))
    words = [
        (one["word"], called(one["label"]), one["rows"], f"{one['share']['estimate']:.1%}", f"{one['usual']:.1%}",
         f"{100 * one['points']:.1f}")
        for one in profile.get("words", ())
    ]  # fmt: skip
    if words:
        heads = ("word that the label follows", "class", "rows", "of these", "of all", "points of accuracy by it alone")
        parts.append(table(heads, words, TOP_WORDS))
    return "\n\n".join(parts)


def _missing(found: Mapping[str, Any], called: Callable[[str], str]) -> list[str]:
    """Columns of which what is missing goes together with the label."""
    classes = [
        (one["name"], called(one["most"]), _interval(one["most_share"]), called(one["least"]), one["p_value"])
        for one in found["by_label"]
    ]
    numbers = [
        (one["name"], one["rows"], f"{one['without']:,.6g}", f"{one['present']:,.6g}",
         _interval(one["difference"], "+,.6g"), f"{one['larger']:.0%}", one["p_value"])
        for one in found["by_number"]
    ]  # fmt: skip
    heads = ("missing not at random", "rows", "mean label without", "with it", "apart", "larger in pairs", "p-value")
    return [
        *(
            [table(("missing not at random", "most under", "share", "least under", "p-value"), classes)]
            if classes
            else []
        ),
        *([table(heads, numbers)] if numbers else []),
    ]


def _numbers(profile: Mapping[str, Any]) -> list[str]:
    """What is said where labels are numbers."""
    found, repeats = profile["numbers"], profile["duplicates"]
    head = (
        f"{profile['dataset']}, version {profile['version']}: {profile['rows']:,} rows, {found['distinct']:,} "
        f"different numbers; {repeats['rows']:,} rows repeat another's content, {repeats['conflicting_rows']:,} with "
        "another label."
    )
    unlabelled = [f"{found['unlabelled']:,} rows have no label yet."] if found["unlabelled"] else []
    spreads = [("all", found["spread"]), *((one["split"], one) for one in found["splits"])]
    rows = [
        (name, one["rows"], _interval(one["mean"], "g"), *(f"{one[key]:g}" for key in _SPREAD))
        for name, one in spreads
        if one
    ]
    return [head, *unlabelled, table(("split", "rows", "mean, 95 % interval", *_SPREAD), rows)]


def _classes(profile: Mapping[str, Any], called: Callable[[str], str]) -> list[str]:
    balance, repeats = profile["balance"], profile["duplicates"]
    classes = [(called(one["label"]), one["count"], f"{one['share']:.1%}") for one in balance["classes"]]
    return [
        f"{profile['dataset']}, version {profile['version']}: {profile['rows']:,} rows, {len(classes):,} classes, "
        f"imbalance ratio {balance['imbalance_ratio']:.2f}, effective classes {balance['effective_classes']:.2f}; "
        f"{repeats['rows']:,} rows repeat another's content, {repeats['conflicting_rows']:,} with another label.",
        table(("class", "rows", "share"), classes, TOP_CLASSES),
        *_unlabelled(balance["unlabelled"]),
        *_label_sets(profile.get("label_sets"), called),
        *_spans(profile.get("spans"), called),
        *lookalike_notes(called(one["label"]) for one in balance["classes"]),
    ]


def _label_sets(sets: Mapping[str, Any] | None, called: Callable[[str], str]) -> list[str]:
    """What is said where a label is several classes."""
    if sets is None:
        return []
    labels = [(", ".join(map(called, one["classes"])) or "none", one["rows"]) for one in sets["commonest"]]
    pairs = [(*map(called, one["classes"]), one["rows"]) for one in sets["together"]]
    return [
        f"A row counts in each of its classes, {sets['cardinality']:.2f} on average; {sets['none']:,} rows have none. "
        f"There are {sets['distinct']:,} different labels.",
        table(("label", "rows with exactly these classes"), labels, TOP_CLASSES),
        *([table(("class", "and", "rows with both"), pairs, TOP_CLASSES)] if pairs else []),
    ]


def _drifts(found: Mapping[str, Any], said: Mapping[str, str]) -> list[str]:
    """What differs by more than chance, a paragraph for each comparison."""
    told = []
    for kind, one in found.items():
        if len(one["sides"]) < 2:
            continue
        drifted = [each for each in one["attributes"] if not each["chance"]]
        if drifted:
            names = ", ".join(f"{each['name']} ({each['estimate']:.2f})" for each in drifted[:TOP_CLASSES])
            told.append(f"Differs {said[kind]} by more than chance (Cramér's V, 0 not at all, 1 entirely): {names}.")
        else:
            told.append(f"Nothing differs {said[kind]} by more than chance.")
        for each in one["content"]:
            told[-1] += (
                f" By content “{each['side']}” is told from the other rows in {each['estimate']:.0%} of pairs "
                f"({each['low']:.0%} – {each['high']:.0%}; 50 % is chance; {each['encoder']})."
            )
    return told


_EDGES = ("word at the edge", "side", "part of the entity", "just outside")
_SURFACES = ("words labelled differently", "types", "in no entity", "with a shorter one", "in a longer one")


def _spans(found: Mapping[str, Any] | None, called: Callable[[str], str]) -> list[str]:
    """What is said where labels are spans."""
    if found is None:
        return []
    types = [(called(one["name"]), one["spans"], one["rows"], f"{one['words']:.2f}") for one in found["types"]]
    surfaces = [
        (
            one["words"],
            ", ".join(f"{called(name)} {count:,}" for name, count in one["types"]),
            *(one[where] for where in ("unmarked", "shorter", "longer")),
        )
        for one in found["surfaces"]
    ]
    edges = [(one["word"], one["side"], one["within"], one["beside"]) for one in found["edges"]]
    return [
        f"{found['spans']:,} entities, {found['spans'] / max(1, found['rows']):.2f} a row; {found['without']:,} rows "
        f"have none; {found['outside']:.1%} of the words are in none (O).",
        table(("type", "entities", "rows", "words each"), types, TOP_CLASSES),
        *([table(_SURFACES, surfaces, TOP_CLASSES)] if surfaces else []),
        *([table(_EDGES, edges, TOP_CLASSES)] if edges else []),
    ]


def _interval(value: Mapping[str, float], form: str = ".3f") -> str:
    return f"{value['estimate']:{form}} ({value['low']:{form}} – {value['high']:{form}})"
