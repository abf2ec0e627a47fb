"""The catalogue has every text that the code says and none that it does not, and what is said comes out right."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from core.issues import ISSUE_TYPES
from core.words import in_this_language, preferred, say, say_n, say_stored, speaking
from core.words.catalogue import entries, read
from core.words.check import as_entries, lacking, unused, wrong
from core.words.glossary import ABOUT, PLACE, terms
from core.words.marks import PROJECT, Mark, marks
from core.words.script import dictionary, texts
from core.words.stored import translated


def test_every_marked_text_is_in_the_catalogue() -> None:
    lacks = lacking("zh")
    assert not lacks, f"add to core/words/zh:\n\n{as_entries(lacks)}"


def test_no_entry_is_for_a_text_that_nothing_says() -> None:
    assert [f"{one.file}: {one.text}" for one in unused("zh")] == []


def test_placeholders_are_the_texts_own_and_files_agree() -> None:
    assert wrong("zh") == []


def test_every_entry_can_be_filled_by_the_values_of_its_text() -> None:
    """A figure's format in a translation, such as `{day:%m-%d}`, must be one that the value takes."""
    for entry in entries("zh"):
        formats = dict(re.findall(r"\{(\w+)(?::([^{}]*))?\}", entry.text))
        for name, spec in re.findall(r"\{(\w+)(?::([^{}]*))?\}", entry.said):
            assert ("%" in spec and spec[0] == "%") == formats[name].startswith("%"), entry.said


def test_english_is_what_stands_in_the_code() -> None:
    assert say("{n:,} left", n=1234) == "1,234 left"
    assert say_n("{n} place", "{n} places", 1) == "1 place"
    assert say_n("{n} place", "{n} places", 2) == "2 places"
    assert say_stored("Scan of news, version 2") == "Scan of news, version 2"


def test_a_language_holds_for_its_block_alone_and_what_it_lacks_is_english() -> None:
    with speaking("zh"):
        assert say("{n:,} left", n=1234) == "剩 1,234 个"
        assert say_n("{n} place", "{n} places", 1) == "1 个位置"
        assert say("v{n} of {day:%d %b}", n=2, day=date(2026, 3, 4)) == "版本 2，03-04"
        assert say("no such text {n}", n=1) == "no such text 1"
    assert say("{n:,} left", n=1234) == "1,234 left"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Scan of my {odd} set, version 12", "扫描 my {odd} set 版本 12"),
        ("minilm: encoding", "minilm：编码"),
        ("near_duplicate issues", "查找近似重复问题"),
        ("A dataset named 'x' exists already. Choose another name, or delete that one first.",
         "已有名为“x”的数据集。请换一个名称，或先删除原有的数据集。"),
        ("a.json: Malformed JSON: a comma or a closing bracket is missing (line 3, character 8).",
         "a.json：JSON 格式有误：缺少逗号或右括号（第 3 行第 8 个字符）。"),
        ("a.jsonl has no usable row: all 3 rows were set aside, the first for 'broken JSON: nested too deep'.",
         "a.jsonl 没有可用的行：全部 3 行都被搁置，第一行的原因：JSON 损坏：嵌套过深。"),
        ("fold 5: Went on from step 3 of 9.", "第 5 折：从第 3 步（共 9 步）继续。"),
        ("labels reviewed, seed 2: Went on from step 3 of 9.", "审核后的标签，种子 2：从第 3 步（共 9 步）继续。"),
        ("ValueError: nobody knows it", "ValueError: nobody knows it"),
        ("Nobody knows it. Check its path.", "Nobody knows it. 请检查路径。"),
        ("Fewer than 20 rows, so little", "Fewer than 20 rows, so little"),
        ("A dataset named 'x' exists already.", "已有名为“x”的数据集。"),
        ("a.json: Malformed JSON: a comma or a closing bracket is missing (line 3, character 8).",
         "a.json：JSON 格式有误：缺少逗号或右括号（第 3 行第 8 个字符）。"),
        ("a.jsonl has no usable row: all 3 rows were set aside, the first for 'broken JSON: nested too deep'.",
         "a.jsonl 没有可用的行：全部 3 行都被搁置，第一行的原因：JSON 损坏：嵌套过深。"),
        ("fold 5: Went on from step 12 of 40.", "第 5 折：从第 12 步（共 40 步）继续。"),
        ("labels reviewed, seed 3: loading the model", "审核后的标签，种子 3：加载模型"),
        ("It has 9 rows where the largest class has 1,200, and 40 % of its test rows are missed.",
         "它有 9 行，而最大的类别有 1,200 行；其测试集行中有 40 % 被漏掉。"),
    ],
)  # fmt: skip
def test_what_was_written_down_is_found_by_its_template(text: str, said: str) -> None:
    assert translated(text, "zh") == said


@pytest.mark.parametrize("name", ISSUE_TYPES)
def test_the_stage_of_every_issue_type_is_said(name: str) -> None:
    assert translated(f"{name} issues", "zh") != f"{name} issues"


def test_a_long_text_that_nobody_here_wrote_is_let_alone_at_once() -> None:
    text = "Unexpected value: something of a library went wrong. " * 60
    begun = time.perf_counter()
    assert translated(text, "zh") == text
    assert time.perf_counter() - begun < 1


def test_texts_are_found_in_python_whatever_their_form(tmp_path: Path) -> None:
    source = """
say("a {n}", n=1)
say("b" if x else "c", "noun")
say_n("one {n}", "many {n}", count)
stored(f"Scan of {dataset.name}, version {version.number}: {a.name}")
raise JobError(f"No {size_words(free)} left.", "Clear " "some.")
other("not this")
"""
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "one.py").write_text(source)
    (tmp_path / "core" / "one.js").write_text('t("js {n}", { n })\ntn("1 x", "{n} x", n)\nnot("this")')
    (tmp_path / "pages").mkdir()
    (tmp_path / "app.py").write_text("")
    found = {(one.text, one.many, one.about) for one in marks(tmp_path)}
    assert found == {
        ("a {n}", "", ""),
        ("b", "", "noun"),
        ("c", "", "noun"),
        ("one {n}", "many {n}", ""),
        ("Scan of {name}, version {number}: {name2}", "", ""),
        ("No {free} left.", "", ""),
        ("Clear some.", "", ""),
        ("js {n}", "", ""),
        ("1 x", "{n} x", ""),
    }


def test_the_glossary_is_that_of_the_documents() -> None:
    written = (PROJECT / PLACE).read_text(encoding="utf-8")
    assert len(terms()) == written.count("\n| ") - 1  # less its head
    assert ("run", "one fine-tune") in terms()
    with speaking("zh"):
        assert (say("run", ABOUT), say("one fine-tune", ABOUT)) == ("训练", "一次微调")


def test_what_another_thread_makes_is_said_in_the_language_of_who_asked() -> None:
    with speaking("zh"):
        work = in_this_language(lambda: say("{n:,} left", n=2))
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(work).result() == "剩 2 个"
    assert say("{n:,} left", n=2) == "2 left"


def test_a_template_of_html_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "page.html").write_text('<p>{{ t("{n} of all", n=1) }}{{ tn("1 x", "{n} x", n) }}</p>')
    (tmp_path / "app.py").write_text("")
    assert {(one.text, one.many) for one in marks(tmp_path)} == {("{n} of all", ""), ("1 x", "{n} x")}


def test_a_script_is_given_its_texts_and_both_forms_of_a_number() -> None:
    source = 't("Go to…"); tn("{n} place", "{n} places", 3)'
    assert texts(source) == (("Go to…", ""), ("{n} place", "{n} places"))
    said = dictionary(source, "zh")
    assert said == {"Go to…": "跳转…", "{n} place": "{n} 个位置", "{n} places": "{n} 个位置"}
    assert dictionary(source, "en") == {}


def test_the_file_format_is_gettexts() -> None:
    content = (
        'msgid ""\nmsgstr "Language: zh_CN\\n"\n\n# said\n#: a.py:1\nmsgctxt "noun"\nmsgid "a "\n"b"\nmsgstr "c"\n'
    )
    [entry] = read(content, "x.po")
    assert (entry.text, entry.about, entry.said) == ("a b", "noun", "c")
    with pytest.raises(ValueError, match=r"x\.po, line 3"):
        list(read('msgid "a"\nmsgstr "b"\nmsgid "c"\n', "x.po"))


def test_entries_to_paste_are_read_back() -> None:
    mark = Mark('say "it"\nnow', "many", "noun", "core/a.py", 3)
    [entry] = read(as_entries([mark]), "x.po")
    assert (entry.text, entry.many, entry.about, entry.said) == (mark.text, mark.many, mark.about, "")


@pytest.mark.parametrize(
    ("header", "code"),
    [("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.5", "en"), ("de, zh;q=0.7, en;q=0.3", "zh"),
     ("de", "en"), ("zh-TW", "zh"), ("zh;q=x", "zh")],
)  # fmt: skip
def test_a_browser_asks_by_its_header(header: str, code: str) -> None:
    assert preferred(header) == code
