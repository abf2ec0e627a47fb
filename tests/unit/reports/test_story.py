"""The first two pages of a report: escaped, whole with much and with little, and a picture for each trend."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Estimate
from core.reports.evaluation import ReportExample
from core.reports.story import (
    ReportAct,
    ReportBaseline,
    ReportBox,
    ReportClass,
    ReportVersion,
    StoryReport,
    story_html,
)
from core.reports.svg import trend_chart
from tests.unit.reports.test_evaluation import EVIL, Links, evaluation, report

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def front(versions: int = 3) -> StoryReport:
    share = Estimate(0.1, 0.05, 0.2)
    return StoryReport(
        title=EVIL,
        answer=EVIL,
        boxes=(ReportBox(EVIL, EVIL, EVIL),),
        figure=EVIL,
        worst=(EVIL,),
        suspects=EVIL,
        acts=(ReportAct(EVIL, EVIL, EVIL),),
        trend=EVIL,
        versions=tuple(ReportVersion(n, EVIL, 9, EVIL, EVIL, share, share) for n in range(1, versions + 1)),
        more_versions=4,
        decided=(EVIL,),
        baselines=(ReportBaseline(EVIL, EVIL, EVIL, EVIL),),
        effect=EVIL,
        threshold=EVIL,
        classes_said=EVIL,
        classes=(ReportClass(EVIL, EVIL, 9, 0.5, (ReportExample("row 1", EVIL, None, 1.0),)),),
    )


def test_no_text_of_a_story_becomes_markup() -> None:
    text = story_html(front(), report(evaluation()), AT, EVIL)
    found = Links(text)
    assert not {"script", "link", "iframe", "object", "base"} & set(found.tags)
    assert text.count("<svg") >= 2 and "4 versions between them are left out" in text
    assert "counter(page)" in text and "Class by class" in text


def test_a_story_without_run_scan_and_verdicts_is_still_whole() -> None:
    line = ReportVersion(1, "2 Jan 2026 by ann", 9, "not scanned", "no run", None, None)
    bare = replace(front(), versions=(line,), more_versions=0, decided=(), baselines=(), acts=(), worst=(), boxes=())
    text = story_html(bare, None, AT, "ann")
    assert "<svg" not in text and "Class by class" not in text
    assert "Nobody has decided anything yet." in text and "There is no model yet" in text


@pytest.mark.parametrize("versions", [1, 2, 40])
def test_a_trend_is_well_formed_and_names_its_ends(versions: int) -> None:
    values = [None if place == 1 else Estimate(0.5, 0.4, 0.6) for place in range(versions)]
    names = [f"v{place + 1}" for place in range(versions)]
    root = ET.fromstring(str(trend_chart(names, values, title=EVIL)))
    said = [element.text for element in root.iter("text")]
    assert {names[0], names[-1]} <= set(said) and len([one for one in said if one in names]) <= 8
    assert len(list(root.iter("circle"))) == versions - (versions > 1)
