"""A scan of named entities from the command line: planted errors come first, and each span has a line."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_support import Run

PEOPLE = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Kathleen")
CITIES = ("Paris", "Leeds", "Oslo", "Lima", "Quito", "Turin", "Kyoto", "Accra")
FORMS = ("{} lives in {} .", "yesterday {} went to {} by train", "ask {} about {} again", "why did {} leave {} ?")


def sentences() -> list[list[tuple[str, str]]]:
    found = []
    for place, person in enumerate(PEOPLE):
        for other, city in enumerate(CITIES):
            tags = {person: "B-PER", city: "B-LOC"}
            words = FORMS[(place + other) % len(FORMS)].format(person, city).split()
            found.append([(word, tags.get(word, "O")) for word in words])
    return found


def test_planted_errors_come_first_and_every_span_has_a_line(run: Run, tmp_path: Path) -> None:
    text = sentences()
    for place, (was, now) in {5: ("B-PER", "O"), 20: ("B-LOC", "B-PER"), 40: ("B-LOC", "O")}.items():
        text[place] = [(word, now if tag == was else tag) for word, tag in text[place]]
    file = tmp_path / "train.conll"
    file.write_text("\n\n".join("\n".join("\t".join(pair) for pair in one) for one in text))
    assert run("load", file, "--name", "places", "--task", "token-classification").code == 0
    scanned = run("scan", "places", "--encoder", "lexical", "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["found"]["label"]["spans"]["given"] == 2 * len(text) - 2
    lines = run("issues", "places", "--json").json
    assert len(lines) == 2 * len(text)
    assert {line["row"] for line in lines[:3]} == {5, 20, 40}
    said = {line["row"]: (line["text"], line["given_label"], line["suggested_label"]) for line in lines[:3]}
    assert said[5] == ("Ada", "O", "PER")
    assert said[20] == ("Quito", "PER", "LOC")
    assert said[40] == ("Paris", "O", "LOC")
    assert [line["score"] for line in lines] == sorted(line["score"] for line in lines)
    worst = run("issues", "places", "--flagged", "--columns", "example_id,suggested_label", "--json").json
    assert {5, 20, 40} <= {line["example_id"] for line in worst}
