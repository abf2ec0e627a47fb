"""`proof` on the command line: a real job, from a scan to the table of the detectors."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_support import ROWS, Run, load, write_rows


def test_the_whole_way_from_a_scan_to_a_proof(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    write_rows(path)
    load(run, path)
    refused = run("proof", "notes")
    assert refused.code == 1 and "has not been scanned" in refused.err
    assert run("scan", "notes", "--encoder", "lexical").code == 0
    asked = run("proof", "notes", "--copies", "2", "--json")
    assert asked.code == 0, asked.err
    found = asked.json
    assert (found["dataset"], found["rows"], found["manner"]) == ("notes", ROWS, "near")
    assert {one["detector"] for one in found["standings"]} == {
        "scan", "confidence", "margin", "disagreement", "neighbours",
    }  # fmt: skip
    assert found["conclusion"].startswith("On planted errors")
    assert run("issues", "notes", "--summary", "--json").json["budget"]["following"]["rows"] > 0
