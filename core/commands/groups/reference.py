"""`profile --by ATTRIBUTE --reference SHARES`: whether groups are as frequent as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from core.commands.command import Answer, table
from core.commands.parameters import attributes_named, in_full
from core.context import Context
from core.errors import UsageError
from core.profile.representative import Representativeness, reference_shares, representativeness
from core.records import Dataset, Version
from core.services.profile.figures import Groups, derived, group_shares
from core.settings import expanded

MOST_BYTES = 1 << 20


def written_reference(word: str) -> str:
    """The shares as they are typed, or what the file of that name has."""
    if "=" in word and not expanded(word).is_file():
        return word
    path = in_full(word)
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError as error:
        raise UsageError(
            f"{word!r} is no file that can be read: {error.strerror}.",
            "Write shares as east=50,west=50, or name a CSV file with a group and its share in each line.",
        ) from error


def beside_reference(context: Context, dataset: Dataset, version: Version, by: Sequence[str], reference: str) -> Answer:
    """The shares of an attribute's groups, or of several together, beside those that they should have."""
    known = derived(context, dataset.dataset_id, timeout=None)
    assert isinstance(known, Dataset), "it was waited for"
    shares = reference_shares(reference)
    counted = group_shares(context, version.version_id, attributes_named(known, by), timeout=None)
    assert isinstance(counted, Groups), "it was waited for"
    found = representativeness(counted.table, shares)
    data = {
        "dataset": dataset.name,
        "version": version.number,
        "attribute": counted.table.attribute,
        **asdict(found),
        "chance": found.chance,
    }
    return Answer(data, _text(dataset, version, counted.table.attribute, found))


def _text(dataset: Dataset, version: Version, attribute: str, found: Representativeness) -> str:
    verdict = (
        "The groups are as frequent as the reference says, within chance."
        if found.chance
        else "The groups are not as frequent as the reference says, and not by chance."
    )
    lines = [
        (
            one.group,
            one.rows,
            f"{one.share.estimate:.1%} ({one.share.low:.1%} – {one.share.high:.1%})",
            f"{one.reference:.1%}",
            f"{one.lacking:+,}",
            "beyond the interval" if one.apart else "",
        )
        for one in found.groups
    ]
    others = f"{found.others:,} rows of groups that the reference does not name are left out."
    text = [
        f"{dataset.name}, version {version.number}, by {attribute}: {found.rows:,} rows. {verdict} p-value "
        f"{found.p_value:.4f}, 95 % intervals.",
        table((attribute, "rows", "share", "reference", "rows to add", ""), lines),
        *([others] if found.others else []),
        *(
            [f"No row is of {', '.join(found.absent)}: check how it is written, else rows are lacking."]
            if found.absent
            else []
        ),
        *([f"Left out, since small groups are not listed: {', '.join(found.folded)}."] if found.folded else []),
    ]
    return "\n\n".join(text)
