"""Which column plays which role: a first proposal that the person can overrule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from core.modalities.naming import first_named, plain_name
from core.records import SPLIT_WORDS, Column, Schema
from core.sources import located, numbers, several
from core.tasks import TASKS, Task

LABEL_NAMES = (
    "label", "labels", "given_label", "noisy_label", "crowd_label", "category", "class", "intent", "target",
    "sentiment", "topic", "emotion", "tag", "y", "label_text", "class_name", "coarse_label", "fine_label",
    "gold_label", "answer", "stars", "rating",
    "标签", "类别", "分类", "类目", "类型", "种类", "情感", "意图", "主题", "標籤", "類別", "分類",
    "ラベル", "カテゴリ", "カテゴリー", "クラス", "感情", "라벨", "레이블", "카테고리", "분류", "클래스", "감정",
    "klasse", "kategorie", "etikett", "thema", "stimmung", "étiquette", "catégorie", "classe", "sujet", "thème",
    "etiqueta", "categoría", "clase", "tema", "sentimiento", "rótulo", "categoria", "etichetta", "categorie",
    "метка", "класс", "категория", "тема", "тональность", "etykieta", "kategoria", "etiket", "kategori", "sınıf",
    "التصنيف", "الفئة", "تصنيف", "فئة", "श्रेणी", "वर्ग", "लेबल",
)  # fmt: skip
SPLIT_NAMES = (
    "split", "set", "subset", "partition", "数据集", "划分", "集合", "拆分", "子集", "分割",
    "データセット", "분할", "데이터셋", "aufteilung", "teilmenge", "partie", "conjunto", "partición", "выборка",
    "разбиение",
)  # fmt: skip
ID_NAMES = (
    "id", "uid", "uuid", "guid", "row_id", "example_id", "sample_id", "index", "idx", "question",
    "编号", "序号", "标识", "編號", "序號", "番号", "連番", "번호", "식별자", "nummer", "kennung", "nr", "numéro",
    "identifiant", "número", "identificador", "numero", "номер", "идентификатор", "numer", "numara", "الرقم", "معرف",
)  # fmt: skip
"""The names that people give to columns, the surest first; compared without case, blanks and hyphens."""

_FEW_SPLITS = 8


def split_name(name: str) -> str | None:
    """The split that a file or folder name names: `banking_train.csv` → train, `测试集` → test."""
    words = re.split(r"[\W\d_]+", unicodedata.normalize("NFC", name).lower())
    return next((SPLIT_WORDS[word] for word in words if word in SPLIT_WORDS), None)


def describe(names: Sequence[str], types: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[Column, ...]:
    """Columns with their counts of distinct and missing values in `rows`."""
    columns = []
    for place, (name, kind) in enumerate(zip(names, types, strict=True)):
        values = [row[place] for row in rows]
        present = [value for value in values if value is not None and value != ""]
        columns.append(Column(name, kind, len(set(map(str, present))), len(values) - len(present)))
    return tuple(columns)


def guess(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    among: Sequence[Task] = tuple(TASKS.values()),
    count: int | None = None,
) -> Schema:
    """Roles by name first, then by what the values look like. `label` is None where nothing fits, or where each class
    has a column.

    `among`: the tasks that it may be. `count`: how many rows the columns were counted in, where `rows` are only the
    first of them.
    """
    count = len(rows) if count is None else count
    spans = next((task for task in among if task.target.located), None)
    if spans and (made := _located(spans, columns, rows, count)):
        return made
    among = [task for task in among if not task.target.located] or among
    split = first_named(columns, SPLIT_NAMES, lambda column: names_splits(column, rows))
    left = _without(columns, split, first_named(columns, LABEL_NAMES))
    left = [column for column in left if not several.sets_of(column, rows)] or left
    modalities = dict.fromkeys(task.modality for task in among)
    found = ((modality, modality.find(left, rows)) for modality in reversed(modalities))
    modality, payload = next(((one, column) for one, column in found if column), (among[0].modality, None))
    left = _without(columns, split, None if modality.features else payload)
    own = [task for task in among if task.modality is modality]
    tasks = {task.target.several: task for task in reversed(own) if not task.target.numeric}
    numeric = next((task for task in own if task.target.numeric), None)
    may_be_several = payload and (modality.features or payload.type.startswith("VARCHAR"))
    labels = _several(left, rows, count, flags=not modality.features) if True in tasks and may_be_several else []
    if not tasks and numeric:
        task, shown = numeric, numbers.likeliest(left, rows, (*LABEL_NAMES, *numbers.NAMES))
        labels = [column for column in (shown or numbers.last(left, rows, count),) if column]
    else:
        task = tasks[True] if labels or False not in tasks else tasks[False]
        labels = labels or [column for column in (_one(left, count),) if column]
        if numeric and not labels:
            labels = [column for column in (numbers.likeliest(left, rows),) if column]
        if numeric and len(labels) == 1 and not task.target.several and numbers.is_number(labels[0], rows, count):
            task = numeric
    left = _without(left, *labels)
    ids = first_named(left, ID_NAMES, lambda column: column.distinct == count > 0 and not column.missing)
    left = _without(left, ids)
    attributes = tuple(column.name for column in left)
    label, each = (labels[0], ()) if len(labels) == 1 else (None, tuple(column.name for column in labels))
    if modality.features:
        features = modality.features(left)
        return Schema(task.name, "", _name(label), _name(split), _name(ids), attributes, each, features=features)
    name = payload.name if payload else columns[0].name
    return Schema(task.name, name, _name(label), _name(split), _name(ids), attributes, each)


def _located(task: Task, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], count: int) -> Schema | None:
    """Tokens with their tags, or a text with its spans, where there are such columns."""
    if tagged := located.tagged(columns, rows):
        payload, label = tagged
    elif spanned := located.spanned(columns, rows):
        texts = [column for column in _without(columns, spanned) if column.type.startswith("VARCHAR")]
        found = task.modality.find([one for one in texts if not located.is_located(one, rows)], rows)
        if found is None:
            return None
        payload, label = found, spanned
    else:
        return None
    left = _without(columns, payload, label)
    split = first_named(left, SPLIT_NAMES, lambda column: names_splits(column, rows))
    left = _without(left, split)
    ids = first_named(left, ID_NAMES, lambda column: column.distinct == count > 0 and not column.missing)
    attributes = tuple(column.name for column in _without(left, ids))
    return Schema(task.name, payload.name, label.name, _name(split), _name(ids), attributes)


def _one(columns: Sequence[Column], count: int) -> Column | None:
    return first_named(columns, LABEL_NAMES) or _category(columns, count)


def _several(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], count: int, *, flags: bool) -> list[Column]:
    """The column of lists, or with `flags` the columns of 0 and 1, that the label is in; none where another column is
    more like a label of one class."""
    if named := first_named(columns, LABEL_NAMES):
        return [named] if several.sets_of(named, rows) else []
    one = _category(columns, count)
    listed = several.listed(columns, rows)
    if listed and (plain_name(listed.name) in several.NAMES or one is None or several.sets_of(one, rows)):
        return [listed]
    found = several.flags(columns, rows) if flags else []
    return found if one is None or one in found else []


def names_splits(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column has few values, or the names of splits however they are spelled."""
    if column.distinct <= _FEW_SPLITS:
        return column.distinct > 0
    values = [str(row[column.name]) for row in rows if row[column.name] is not None]
    return bool(values) and all(value.strip().lower() in SPLIT_WORDS for value in values)


def _name(column: Column | None) -> str | None:
    return column.name if column else None


def _without(columns: Sequence[Column], *taken: Column | None) -> list[Column]:
    return [column for column in columns if column not in taken]


def _category(columns: Sequence[Column], count: int) -> Column | None:
    """The last column with few enough values to be classes."""
    few = [
        column
        for column in columns
        if 2 <= column.distinct <= max(2, count // 2) and column.type.startswith(("VARCHAR", "BIGINT", "BOOLEAN"))
    ]
    texts = [column for column in few if column.type.startswith("VARCHAR")]
    return (texts or few)[-1] if few else None
