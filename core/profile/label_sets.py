"""Which classes go together where a label is several: how many a row has, the commonest labels, pairs of classes."""

from __future__ import annotations

import numpy as np

from core.profile.records import LabelSets, Rows

COMMONEST = 20
PAIRED = 40
"""Classes whose pairs are counted: the cells of more could not be told apart."""


def label_sets(rows: Rows) -> LabelSets:
    """Counts the labels, and the pairs of the `PAIRED` largest classes. Labels are counted first and taken apart then:
    there are far fewer of them than rows."""
    sets = (
        f"sets AS MATERIALIZED (SELECT label, {rows.target.classes_sql('label')} AS classes, count(*) AS held"
        f" FROM {rows.relation} WHERE label IS NOT NULL GROUP BY label)"
    )
    ((held, mentions, none, distinct),) = rows.fetch(
        f"WITH {sets} SELECT coalesce(sum(held), 0), coalesce(sum(len(classes) * held), 0),"
        " coalesce(sum(held) FILTER (len(classes) = 0), 0), count(*) FROM sets"
    )
    commonest = rows.fetch(f"WITH {sets} SELECT label, held FROM sets ORDER BY held DESC, label LIMIT {COMMONEST}")
    pairs = rows.fetch(
        f"WITH {sets}, apart AS (SELECT label, held, unnest(classes) AS class FROM sets),"
        f" largest AS (SELECT class FROM apart GROUP BY class ORDER BY sum(held) DESC, class LIMIT {PAIRED}),"
        " kept AS (SELECT apart.* FROM apart JOIN largest USING (class))"
        " SELECT a.class, b.class, CAST(sum(a.held) AS BIGINT) FROM kept a JOIN kept b USING (label) GROUP BY 1, 2"
    )
    own = {str(one): int(count) for one, other, count in pairs if one == other}
    labels = tuple(sorted(own, key=lambda name: (-own[name], name)))
    place = {name: number for number, name in enumerate(labels)}
    together = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for one, other, count in pairs:
        together[place[one], place[other]] = count
    return LabelSets(
        int(held),
        int(mentions) / int(held) if held else 0.0,
        int(none),
        int(distinct),
        tuple((str(label), int(count)) for label, count in commonest),
        labels,
        together,
    )
