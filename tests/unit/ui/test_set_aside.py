"""Why rows were set aside, in Chinese: nothing is left in English but names and values."""

from __future__ import annotations

import pytest

from core.ui.data.rejected import reason_said
from core.words import speaking


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            "too few columns: 1 where the table has 3; label is the first that is missing",
            "列数过少：有 1 列，表有 3 列；缺少的第一列是 label",
        ),
        ("too many columns: 5 where the table has 3", "列数过多：有 5 列，表有 3 列"),
        ("too many columns: surplus", "列数过多：surplus"),
        (
            "quotes in the wrong place: in column text; a quote inside a quoted cell is written twice",
            "引号位置错误：列 text；加引号的单元格内，引号要写两个",
        ),
        (
            "bytes that cannot be decoded: in column text; the rest of the file is UTF-8",
            "无法解码的字节：列 text；文件其余部分为 UTF-8",
        ),
        ("line too long: 5007 bytes, the limit is 4000", "行过长：5007 字节，上限为 4000"),
        ("broken JSON: a value is missing (character 9)", "JSON 损坏：缺少值（第 9 个字符）"),
        ("broken JSON: nested too deep", "JSON 损坏：嵌套过深"),
        ("a JSON object was expected, not a list", "应为 JSON 对象，实为列表"),
        ("half a surrogate pair: \\ud83d", "不完整的代理对：\\ud83d"),
        ("no finite number: column score: 5 stars", "不是有限的数字：列 score：5 stars"),
        ("tags against IOB2: I-LOC after B-PER", "标记不合 IOB2：I-LOC 在 B-PER 之后"),
        (
            "value does not fit its column's type: n: one; two; value does not fit its column's type: day: now",
            "值与列的类型不符：列 n：one; two; 值与列的类型不符：列 day：now",
        ),
        ("a reason of a later release: 7", "a reason of a later release：7"),
    ],
)
def test_a_reason_is_said_whole(reason: str, expected: str) -> None:
    with speaking("zh"):
        assert reason_said(reason) == expected
    with speaking("en"):
        assert reason_said(reason) == reason
