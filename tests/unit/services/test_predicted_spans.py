"""What a model found in a file, as JSON lines and as CoNLL columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.services.spans.predicted import found_in_row, write_conll, write_json_lines


def row(
    own: dict[str, Any], spans: list[tuple[int, int, str, float]] | None, reason: str | None = None
) -> dict[str, Any]:
    label = None if spans is None else json.dumps([list(one[:3]) for one in spans])
    listed = (
        None if spans is None else [dict(zip(("start", "end", "label", "score"), one, strict=True)) for one in spans]
    )
    sure = None if spans is None else 0.9
    said = {"predicted": label, "confidence": sure, "reason": reason, "spans 2": listed and json.dumps(listed)}
    return own | said | {"spans 2": None if listed is None else json.dumps(listed)}


def test_json_lines_keep_a_rows_columns_and_say_why_one_has_no_spans(tmp_path: Path) -> None:
    rows = [
        row({"id": 7, "text": "Ada left", "spans": '[[0,3,"ORG"]]'}, [(0, 3, "PER", 0.75)]),
        row({"id": 8, "text": None, "spans": None}, None, "missing text"),
    ]
    lines = [json.loads(line) for line in write_json_lines(rows, "text", tmp_path / "o.jsonl").read_text().splitlines()]
    span = {"start": 0, "end": 3, "label": "PER", "score": 0.75}
    given = {"id": 7, "spans_given": [[0, 3, "ORG"]]}
    assert lines[0] == {"text": "Ada left", "spans": [span], "confidence": 0.9, **given}
    assert lines[1] == {"text": None, "spans": None, "reason": "missing text", "id": 8, "spans_given": None}
    assert found_in_row(rows[0], "text") == ("Ada left", [("Ada", "PER", 0.75)], 0.9, None)


def test_conll_has_the_tokens_of_the_file_and_what_stood_between_them_and_the_tag(tmp_path: Path) -> None:
    rows = [
        row(
            {"tokens": '["New York","is","far"]', "column_2": '["N","V","A"]', "document": "document 1"},
            [(0, 8, "LOC", 1.0)],
        ),
        row({"tokens": '["New","York"]', "column_2": '["N","N"]', "document": "document 1"}, [(0, 8, "LOC", 1.0)]),
        row({"tokens": None, "column_2": None, "document": "document 1"}, None, "missing text"),
        row({"tokens": '["Oslo"]', "column_2": "torn", "document": "document 2"}, []),
    ]
    assert write_conll(rows, "tokens", "BIOES", tmp_path / "o.conll").read_text() == (
        "-DOCSTART-\t-X-\tO\n\nNew York\tN\tS-LOC\nis\tV\tO\nfar\tA\tO\n\nNew\tN\tB-LOC\nYork\tN\tE-LOC\n\n"
        "-DOCSTART-\t-X-\tO\n\nOslo\t_\tO\n\n"
    )
