"""`mask` and `export --mask`: what the masked dataset holds, in every reader of it, and what stays as it is."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from tests.integration.cli_support import Run

SECRETS = ("jane@firm.com", "joe@firm.com", "+49 30 901820", "4111111111111111", "key7@firm.com")


@pytest.fixture
def contacts(tmp_path: Path, run: Run) -> Path:
    path = tmp_path / "contacts.csv"
    lines = [["key", "text", "topic", "part", "contact", "stars"]]
    for row in range(60):
        text = f"row {row} is about {('food', 'space')[row % 2]} and nothing else"
        text += {3: ", write to jane@firm.com", 4: ", call +49 30 901820", 5: ", card 4111111111111111"}.get(row, "")
        lines.append([f"key{row}@firm.com", text, ("food", "space")[row % 2], ("train", "test")[row % 3 == 0],
                      "joe@firm.com" if row % 4 == 0 else "", str(row % 5)])  # fmt: skip
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    asked = ("--payload", "text", "--label", "topic", "--split", "part", "--id", "key", "--name", "contacts")
    assert run("load", path, *asked).code == 0
    return path


def test_a_masked_dataset_holds_nothing_of_it_and_the_other_stays(run: Run, contacts: Path, tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text("example_id,action,label\n3,relabel,food\n4,exclude,\n5,keep,\n")
    run("decide", "contacts", "--file", tmp_path / "decisions.csv", "--reviewer", "ada")
    run("version", "contacts", "--note", "first, for jane@firm.com")
    (tmp_path / "later.csv").write_text("example_id,action,label,note\n7,relabel,food,ask jane@firm.com\n")
    run("decide", "contacts", "--file", tmp_path / "later.csv", "--reviewer", "bob")
    run("classes", "contacts", "--guideline", "food=What joe@firm.com eats", "--name", "food=Meals")
    run("tag", "contacts", "to ask", "--rows", "3,5")
    made = run("mask", "contacts", "--how", "hash", "--json")
    assert made.code == 0, made.err
    assert made.json["dataset"] == "contacts masked" and made.json["rows"] == 59
    assert made.json["kinds"]["email"] == 1 + 14 + 59 and made.json["kinds"]["card"] == 1
    out = tmp_path / "all.csv"
    assert run("export", "contacts masked", "--format", "csv", "--out", out).code == 0
    rows = list(csv.DictReader(out.open()))
    assert len(rows) == 59 and {row["stars"] for row in rows} == set("01234")
    assert sorted({row["split"] for row in rows}) == ["test", "train"]
    by_text = {row["text"].split(" is")[0]: row for row in rows}
    assert by_text["row 3"]["label"] == "food", "as reviewed"
    assert "row 4" not in by_text, "excluded"
    assert len({row["contact"] for row in rows} - {""}) == 1, "equal values stay equal"
    assert by_text["row 3"]["given_label"] == "space", "as loaded"
    assert {text for text, row in by_text.items() if row["tags"] == "to ask"} == {"row 3", "row 5"}
    classes = {one["code"]: one for one in run("classes", "contacts masked", "--json").json}
    assert classes["food"]["name"] == "Meals" and classes["food"]["guideline"] == "What [email] eats"
    acts = run("decisions", "contacts masked", "--json").json["decisions"]
    verdicts = {(one["example_id"], one["action"], one["reviewer"], one["version"]) for one in acts}
    assert verdicts == {(3, "relabel", "ada", 1), (4, "keep", "ada", 1), (6, "relabel", "bob", 2)}, acts
    listed = {one["name"]: one for one in run("datasets", "--json").json}
    assert listed["contacts masked"]["masked_copy_of"] == {"dataset": "contacts", "version": 2}
    assert listed["contacts"]["masked_copies"] == [{"dataset": "contacts masked", "version": 2}]
    assert [one["note"] for one in listed["contacts masked"]["versions"]][1] == "first, for [email]"
    readers = (
        ("decisions", "contacts masked", "--json"),
        ("sql", "contacts masked", "SELECT * FROM rows", "--csv"),
        ("export", "contacts masked", "--format", "jsonl", "--where", "match = card", "--out", tmp_path / "some.jsonl"),
        ("profile", "contacts masked", "--json"),
    )
    told = [out.read_text(), *(run(*read).out for read in readers), (tmp_path / "some.jsonl").read_text()]
    for secret in SECRETS:
        assert not any(secret in one for one in told), secret
    whole = tmp_path / "whole.csv"
    run("export", "contacts", "--format", "csv", "--out", whole)
    assert all(secret in whole.read_text() for secret in SECRETS if "+49" not in secret), "the rows themselves stay"


def test_only_the_rows_and_kinds_that_are_asked_for_are_masked(run: Run, contacts: Path, tmp_path: Path) -> None:
    made = run("mask", "contacts", "--where", "text contains card", "--kinds", "card,email", "--to", "some", "--json")
    assert (made.code, made.json["masked_rows"], made.json["kinds"]) == (0, 1, {"card": 1, "email": 1}), made.err
    run("export", "some", "--format", "jsonl", "--out", tmp_path / "some.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "some.jsonl").read_text().splitlines()]
    assert rows[5]["text"].endswith("card [card]") and rows[5]["key"] == "[email]"
    assert rows[3]["text"].endswith("jane@firm.com") and rows[3]["key"] == "key3@firm.com"


def test_names_are_masked_by_choice(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("text,label\nYesterday Angela Merkel called us.,a\nNothing to see here.,b\nAgain nothing.,a\n")
    run("load", path, "--payload", "text", "--label", "label", "--name", "calls")
    assert run("mask", "calls", "--to", "plain", "--json").json["kinds"] == {}
    assert run("mask", "calls", "--names", "--to", "named", "--json").json["kinds"] == {"name": 1}
    run("export", "named", "--format", "csv", "--out", tmp_path / "named.csv")
    assert "Yesterday [name] called us." in (tmp_path / "named.csv").read_text()


def test_a_look_before_makes_nothing(run: Run, contacts: Path) -> None:
    looked = run("mask", "contacts", "--dry-run", "--how", "replacement", "--json")
    assert (looked.json["rows"], looked.json["changed"]) == (60, 60), "all of their keys"
    assert looked.json["kinds"]["email"] == 1 + 15 + 60, "what the job masks"
    examples = {one["example_id"]: one for one in looked.json["examples"]}
    assert sorted(examples) == [0, 1, 2, 3, 4] and "and nothing else, write to" in examples[3]["after"]
    assert examples[0]["before"] == "key: key0@firm.com" and "@example.org" in examples[0]["after"]
    assert len(run("datasets", "--json").json) == 1


def test_what_cannot_be_masked_is_said(run: Run, contacts: Path) -> None:
    wrong = run("mask", "contacts", "--kinds", "shoe size")
    assert wrong.code == 2 and "'shoe size' is no kind of personal data" in wrong.err
    taken = run("mask", "contacts", "--to", "contacts")
    assert taken.code == 2 and "exists already" in taken.err
    none = run("mask", "contacts", "--where", "text contains nowhere")
    assert none.code == 2 and "No row is asked for" in none.err


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_an_export_is_masked_in_texts_columns_and_ids(run: Run, contacts: Path, tmp_path: Path, format_: str) -> None:
    out = tmp_path / f"masked.{format_}"
    ran = run("export", "contacts", "--format", format_, "--mask", "--out", out)
    assert ran.code == 0, ran.err
    if format_ == "parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(out)
        assert table["text"][3].as_py().endswith("[email]") and table["stars"].to_pylist()[:2] == [0, 1]
        return
    told = out.read_text()
    assert not any(secret in told for secret in SECRETS) and told.count("[email]") == 60 + 15 + 1


def test_what_leaves_of_a_dataset_can_be_masked_always(run: Run, contacts: Path, tmp_path: Path) -> None:
    """Whole exports, parts of them, lists of a scan, decisions, SQL as CSV; and all of it as it is once that ends."""
    run("scan", "contacts", "--encoder", "lexical")
    (tmp_path / "decisions.csv").write_text("example_id,action,label\n3,relabel,food\n")
    run("decide", "contacts", "--file", tmp_path / "decisions.csv", "--reviewer", "ada")
    assert run("mask", "contacts", "--always", "--json").json["always"] is True

    def told(name: str) -> dict[str, str]:
        out = tmp_path / name
        out.mkdir()
        ways = {
            "all.csv": ("export", "contacts", "--format", "csv"),
            "all.jsonl": ("export", "contacts", "--format", "jsonl", "--names"),
            "some.csv": ("export", "contacts", "--format", "csv", "--where", "match = card"),
            "list.csv": ("issues", "contacts", "--type", "personal_data", "--format", "csv"),
        }
        for file, way in ways.items():
            ran = run(*way, "--out", out / file)
            assert ran.code == 0, ran.err
        found = {file: (out / file).read_text() for file in ways}
        return found | {"sql": run("sql", "contacts", "SELECT * FROM rows", "--csv").out}

    asked = "SELECT example_id, split_part(text, '@', 1) AS who, text, contact FROM rows WHERE text LIKE '%write to%'"
    ways: tuple[tuple[str, ...], ...] = (
        ("sql", "contacts", asked, "--json"),
        ("issues", "contacts", "--type", "personal_data", "--json"),
        ("decisions", "contacts", "--json"),
        ("mask", "contacts", "--dry-run"),
    )
    for asks in ways:
        said = run(*asks)
        assert said.code == 0, said.err
        assert not any(secret in said.out for secret in (*SECRETS, '"jane"')), asks
    for way, text in told("masked").items():
        assert not any(secret in text for secret in SECRETS), way
        assert "[email]" in text or (way == "some.csv" and "[card]" in text), way
    folder = tmp_path / "folder"
    assert run("export", "contacts", "--format", "datasets", "--out", folder).code == 0
    held = b"".join(path.read_bytes() for path in folder.rglob("*.arrow"))
    assert held and not any(secret.encode() in held for secret in SECRETS)
    made = run("mask", "contacts", "--how", "hash", "--json")
    assert made.json["kinds"]["email"] == 1 + 15 + 60, "the job itself reads the rows as they are"
    run("mask", "contacts", "--not-always")
    assert all(any(secret in text for secret in SECRETS) for text in told("whole").values())


def test_what_is_left_in_a_part_of_an_always_masked_one_stays_masked(run: Run, contacts: Path, tmp_path: Path) -> None:
    run("mask", "contacts", "--always")
    looked = run("mask", "contacts", "--dry-run", "--kinds", "phone,card")
    assert looked.code == 0 and "[phone]" in looked.out and "[card]" in looked.out
    parts = {"kinds": ("--kinds", "email"), "rows": ("--where", "text contains card"), "whole": ("--how", "hash")}
    for name, asked in parts.items():
        assert run("mask", "contacts", *asked, "--to", name, "--json").code == 0
        run("export", name, "--format", "csv", "--out", tmp_path / f"{name}.csv")
        told = (tmp_path / f"{name}.csv").read_text()
        assert not any(secret in told for secret in SECRETS), name
    with sqlite3.connect(tmp_path / "workspace" / "ledger.sqlite") as ledger:
        on = ledger.execute("SELECT count(*) FROM mask_rules WHERE is_on = 1").fetchone()
    assert on == (3,), "a whole copy needs no rule"


def test_who_said_so_is_kept_and_images_cannot_be(run: Run, contacts: Path, tmp_path: Path) -> None:
    run("mask", "contacts", "--always")
    run("mask", "contacts", "--always")
    with sqlite3.connect(tmp_path / "workspace" / "ledger.sqlite") as ledger:
        [(on, by)] = ledger.execute("SELECT is_on, set_by FROM mask_rules").fetchall()
    assert on == 1 and by
    run("load", "digits", "--name", "digits")
    refused = run("mask", "digits", "--always")
    assert refused.code == 2 and "cannot be masked" in refused.err


def test_a_report_of_such_a_dataset_is_masked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    path.write_text("text,label\n" + "".join(f"write to u{row}@firm.com,{'ab'[row % 2]}\n" for row in range(8)))
    run("load", path, "--payload", "text", "--label", "label", "--name", "mails")
    run("report", "mails", "--out", tmp_path / "whole.html")
    run("mask", "mails", "--always")
    run("report", "mails", "--out", tmp_path / "masked.html")
    whole, masked = ((tmp_path / f"{name}.html").read_text() for name in ("whole", "masked"))
    assert "@firm.com" in whole and "@firm.com" not in masked and "write to [email]" in masked
