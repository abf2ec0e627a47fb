"""All decisions of a dataset, as a list: who, when, what, and whether it counts."""

from __future__ import annotations

from collections.abc import Sequence

from core.modalities import WORDS
from core.records import EXAMPLE_ID, LIST, Dataset, ListColumn, RowOrder
from core.store.acts.in_force import SAID_OF_ROW, newest_sql
from core.store.acts.mirror import ACTS
from core.store.names import examples_table
from core.store.record_lists import Records
from core.tasks import target_of
from core.words import later

USUAL = (
    *("decided_at", "reviewer", EXAMPLE_ID, "given_label", "action", "list", "suggested_label", "in_force", "version"),
    *("in_versions", "note", "blind", WORDS),
)
_COLUMNS = (
    ListColumn("decided_at", later("when"), "decided_at", "time", added=True),
    ListColumn("reviewer", later("who"), "reviewer", "category", added=True),
    ListColumn(EXAMPLE_ID, later("row"), EXAMPLE_ID, "number", added=True),
    ListColumn("given_label", later("label"), "given_label", "category", added=True),
    ListColumn("action", later("decision"), "action", "category", added=True),
    ListColumn("list", later("list"), "list", "category", added=True),
    ListColumn("label", later("new label"), "new_label", "category", added=True),
    ListColumn("suggested_label", later("suggested"), "suggested_label", "category", added=True),
    ListColumn("in_force", later("in force"), "in_force", "flag", added=True),
    ListColumn("verdict", later("verdict in force"), "verdict", "flag", added=True),
    ListColumn("version", later("version"), "version", "number", added=True),
    ListColumn("in_versions", later("in versions"), "in_versions", "words", added=True),
    ListColumn("note", later("note"), "note", "words", added=True),
    ListColumn("blind", later("blind"), "blind", "flag", added=True),
    ListColumn(WORDS, later("example"), WORDS, "words", added=True),
    ListColumn("decision_id", later("id of the decision"), "decision_id", "words", added=True),
    ListColumn("source_id", later("id"), "source_id", "words", added=True),
    ListColumn("score", later("score"), "score", "number", added=True),
    ListColumn("tier", later("scan"), "tier", "category", added=True),
)


def decided(dataset: Dataset, many: Sequence[str]) -> Records:
    """Newest first, undos too; an act on many rows, of which `many` are the ids, stands there once, by its first
    row."""
    dataset_id = dataset.dataset_id
    sql = f"""
        WITH acts AS (SELECT * FROM {ACTS} WHERE dataset_id = ?),
             held AS (SELECT o.decision_id, string_agg(v.number, ', ' ORDER BY v.number) AS numbers
                      FROM overrides o JOIN versions v USING (version_id)
                      WHERE o.dataset_id = ? AND o.decision_id IS NOT NULL GROUP BY 1),
             firsts AS (SELECT min(seq) AS seq FROM acts WHERE list_contains(?::VARCHAR[], client_key[:32])
                        GROUP BY client_key[:32])
        SELECT d.seq, d.decision_id, d.decided_at, d.reviewer, d.example_id, e.source_id, e.text, d.note,
               coalesce(nullif(d.shown->>'given_label', ''), o.label, e.given_label) AS given_label,
               d.action, d.new_label, d.shown->>'suggested_label' AS suggested_label,
               TRY_CAST(d.shown->>'score' AS DOUBLE) AS score, d.shown->>'tier' AS tier,
               nullif(d.shown->>'{LIST}', 'label') AS list,
               coalesce(TRY_CAST(d.shown->>'blind' AS BOOLEAN), false) AS blind, v.number AS version,
               CASE WHEN d.action <> 'undo'
                    THEN d.action <> 'ask' AND d.seq IN {newest_sql("acts")} END AS in_force,
               CASE WHEN d.action <> 'undo'
                    THEN d.action <> 'ask' AND d.seq IN {newest_sql("acts", SAID_OF_ROW)} END AS verdict,
               h.numbers AS in_versions
        FROM acts d JOIN versions v ON v.version_id = d.version_id
        JOIN {examples_table(dataset_id)} e ON e.example_id = d.example_id
        LEFT JOIN overrides o ON o.version_id = d.version_id AND o.example_id = d.example_id
        LEFT JOIN held h ON h.decision_id = d.decision_id
        WHERE NOT list_contains(?::VARCHAR[], d.client_key[:32]) OR d.seq IN (SELECT seq FROM firsts)"""
    return Records(
        sql,
        (dataset_id, dataset_id, [*many], [*many]),
        _COLUMNS,
        RowOrder("decided_at", descending=True, added=True),
        "seq DESC",
        target_of(dataset),
        ("given_label", "new_label", "suggested_label"),
        dataset_id,
        dataset.id_column or "",
    )
