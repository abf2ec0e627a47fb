"""Words that a label follows: single words that go together with one class, so that a model may learn them in place of
what is meant; and words that mark a group of rows as well.

How strongly is said by pointwise mutual information (Church and Hanks 1990): log2 of how many times as often the class
occurs among rows with the word. Whether that may be chance is tested by Dunning's likelihood ratio (1993), corrected
for all words and classes that are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.modalities import WORDS
from core.profile.by_group.marks import labelled_by
from core.profile.by_group.rates import holm
from core.profile.duplicates import OPENED_ROWS
from core.profile.records import CHANCE, Rows
from core.profile.sql import labelled, text
from core.proportions import wilson
from core.records import Attribute, Estimate, RowFilter
from core.sql import literal

MIN_WORD_ROWS = 10
"""Words in fewer rows are not looked at."""
MOST_WORDS = 20_000
"""Of all words, those in most rows are looked at."""
LISTED = 200
"""Words that are listed at most."""
_AT_A_TIME = 1_000
_UNSPACED = "[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}]"

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordTie:
    """A word and the class that it goes together with most."""

    word: str
    rows: int
    """That have the word."""
    label: str
    both: int
    """Rows that have the word and the class."""
    share: Estimate
    """Of the rows with the word, those of the class."""
    usual: float
    """Of all rows, those of the class."""
    points: float
    """How much more accurate than always the same answer it is to answer by this word alone, each class counting the
    same (balanced accuracy), 0–1: so a word of the commonest class is seen, of which accuracy says nothing."""
    p_value: float
    """That the two go together so much by chance, corrected for all that was looked at."""
    marks: str = ""
    """A group of rows that it marks too, where groups were asked for."""
    times: float = 1.0
    """How many times as often that group has the word."""

    @property
    def information(self) -> Estimate:
        """Pointwise mutual information in bits, with the interval of the share."""
        low, high = (max(one, 1e-12) for one in self.share.interval)
        ends = [float(np.log2(one / self.usual)) for one in (self.share.estimate, low, high)]
        return Estimate(*ends)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a version's texts against its labels."""

    ties: tuple[WordTie, ...]
    """Those that are no chance: at most `LISTED`, the ones by which most is answered right first."""
    count: int
    """Of all that are no chance."""
    words: int
    """How many were looked at."""


def _marking(tie: WordTie, of_group: WordTie, rows: Rows, attribute: Attribute) -> WordTie:
    marks = rows.shown(attribute.name, of_group.label)
    return replace(tie, marks=marks, times=of_group.share.estimate / of_group.usual)


def wording(rows: Rows, attribute: Attribute | None = None) -> Wording:
    """The words that go together with a class by more than chance; with a category, what each marks of its groups.

    A word is a run of letters and digits of two or more, capitals ignored; in scripts without blanks it is two letters.
    """
    found = _ties(rows)
    if attribute is None:
        return found
    groups = {
        one.word: one for one in _ties(labelled_by(rows, text(attribute), "label IS NOT NULL"), all_of_them=True).ties
    }
    marked = (_marking(one, groups[one.word], rows, attribute) if one.word in groups else one for one in found.ties)
    # Those that mark a group too come first: a model that learns them treats that group otherwise.
    return replace(found, ties=tuple(sorted(marked, key=lambda one: not one.marks)))


def word_rows(rows: Rows, word: str, label: str | None = None) -> RowFilter:
    """Opens the first `OPENED_ROWS` rows that have the word, and the class."""
    has = f"list_contains({_words(WORDS)}, {literal(word)}) AND label IS NOT NULL"
    if label is not None:
        has += f" AND list_contains({rows.target.classes_sql('label')}, {literal(label)})"
    found = rows.fetch(
        f"SELECT example_id FROM {rows.relation} WHERE contains(lower({WORDS}), {literal(word)}) AND {has}"
        f" ORDER BY example_id LIMIT {OPENED_ROWS}"
    )
    return RowFilter(example_ids=tuple(int(one) for (one,) in found))


def _words(value: str) -> str:
    """SQL for the distinct words of a text."""
    spaced = f"regexp_extract_all(regexp_replace(lower({value}), '{_UNSPACED}', ' ', 'g'), '[\\p{{L}}\\p{{N}}_]{{2,}}')"
    runs = f"regexp_extract_all({value}, '{_UNSPACED}{{2,}}')"
    pairs = f"flatten(list_transform({runs}, lambda r: list_transform(range(1, length(r)), lambda i: r[i:i + 1])))"
    return (
        f"list_distinct(CASE WHEN regexp_matches({value}, '{_UNSPACED}{{2}}') THEN list_concat({spaced}, {pairs})"
        f" ELSE regexp_extract_all(lower({value}), '[\\p{{L}}\\p{{N}}_]{{2,}}') END)"
    )


def _ties(rows: Rows, *, all_of_them: bool = False) -> Wording:
    sizes = dict(
        rows.fetch(f"SELECT label, count(*) FROM {labelled(rows, 'example_id')} WHERE label IS NOT NULL GROUP BY label")
    )
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    ((total,),) = rows.fetch(f"SELECT count(*) FROM {rows.relation} WHERE label IS NOT NULL")
    each_row = "label IS NULL" if rows.target.several else "true"
    cells = rows.fetch(
        f"WITH cells AS MATERIALIZED (SELECT word, label, count(*) AS held FROM"
        f" (SELECT unnest(words) AS word, label FROM {labelled(rows, f'{_words(WORDS)} AS words')}) GROUP BY ALL),"
        f" kept AS (SELECT word, CAST(sum(held) FILTER ({each_row}) AS BIGINT) AS n FROM cells GROUP BY word"
        f" HAVING n >= {MIN_WORD_ROWS} ORDER BY n DESC, word LIMIT {MOST_WORDS})"
        " SELECT word, n, label, held FROM cells JOIN kept USING (word) WHERE label IS NOT NULL ORDER BY n DESC, word"
    )
    if len(names) < 2 or not cells:
        return Wording((), 0, 0)
    place = {name: column for column, name in enumerate(names)}
    words: dict[str, int] = {}
    held_in = [words.setdefault(word, len(words)) for word, *_ in cells]
    rows_of = np.zeros(len(words), dtype=np.int64)
    rows_of[held_in] = [n for _, n, *_ in cells]
    columns = np.array([place[label] for *_, label, _ in cells])
    held = np.array([count for *_, count in cells], dtype=np.int64)
    at, of_class = np.array(held_in), np.array([sizes[name] for name in names], dtype=np.int64)
    ties: list[WordTie] = []
    spelled = list(words)
    for first in range(0, len(words), _AT_A_TIME):
        some = (at >= first) & (at < first + _AT_A_TIME)
        counts = np.zeros((min(_AT_A_TIME, len(words) - first), len(names)), dtype=np.int64)
        counts[at[some] - first, columns[some]] = held[some]
        n = rows_of[first : first + len(counts)]
        p_values, best = _strongest(counts, n, of_class, int(total))
        points = _points(counts, of_class, best, n, int(total), rows.target.several)
        chosen = counts[np.arange(len(counts)), best]
        low, high = wilson(chosen, n)
        ties += [
            WordTie(
                word=spelled[first + row],
                rows=int(n[row]),
                label=names[best[row]],
                both=int(chosen[row]),
                share=Estimate(int(chosen[row]) / int(n[row]), float(low[row]), float(high[row])),
                usual=int(of_class[best[row]]) / int(total),
                points=float(points[row]),
                p_value=float(p_values[row]),
            )
            for row in range(len(counts))
        ]
    corrected = holm([one.p_value for one in ties])
    sure = [replace(one, p_value=p) for one, p in zip(ties, corrected, strict=True) if p < CHANCE]
    sure.sort(key=lambda one: (-one.points, one.p_value, -one.rows, one.word))
    return Wording(tuple(sure if all_of_them else sure[:LISTED]), len(sure), len(words))


def _strongest(counts: Counts, n: Counts, of_class: Counts, total: int) -> tuple[Floats, Counts]:
    """Of each word the p-value, corrected for the classes, of the class that it goes together with most, and its
    position; counts are (words, classes)."""
    from scipy.special import chdtrc

    inside, outside = counts.astype(np.float64), (of_class[None] - counts).astype(np.float64)
    word, others = n[:, None].astype(np.float64), (total - n)[:, None].astype(np.float64)
    statistic = np.zeros(counts.shape)
    for observed, rows, share in (
        (inside, word, of_class / total),
        (word - inside, word, 1 - of_class / total),
        (outside, others, of_class / total),
        (others - outside, others, 1 - of_class / total),
    ):
        expected = rows * share
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic += np.where(observed > 0, 2 * observed * np.log(observed / expected), 0.0)
    more = inside * total > word * of_class
    statistic = np.where(more, statistic, 0.0)
    best = statistic.argmax(axis=1)
    p_values = chdtrc(1, np.maximum(statistic.max(axis=1), 0.0))
    return np.minimum(1.0, p_values * counts.shape[1]), best


def _points(counts: Counts, of_class: Counts, best: Counts, n: Counts, total: int, several: bool) -> Floats:
    """(words,) float64: balanced accuracy by the word alone less that of always the same answer. One of two answers is
    given, whether the word is there or not, so that two classes are right in the share that the word tells them
    apart by."""
    if several:
        own, size = counts[np.arange(len(counts)), best], of_class[best]
        apart: Floats = np.abs(own / size - (n - own) / np.maximum(total - size, 1)) / 2
        return apart
    shares = counts / of_class
    points: Floats = (shares.max(axis=1) - shares.min(axis=1)) / len(of_class)
    return points
