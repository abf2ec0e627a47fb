"""Which column plays which role: a first proposal that the person can overrule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from core.records import SPLIT_WORDS, Column, Schema

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
TEXT_NAMES = (
    "text", "sentence", "content", "utterance", "tweet", "review", "comment", "message", "body", "document",
    "question", "query", "article", "description", "title",
    "文本", "内容", "正文", "句子", "评论", "消息", "问题", "描述", "标题", "內容", "評論", "標題",
    "テキスト", "本文", "文章", "文", "コメント", "タイトル", "텍스트", "본문", "내용", "문장", "리뷰", "댓글", "제목",
    "satz", "inhalt", "kommentar", "nachricht", "bewertung", "beschreibung", "titel", "texte", "phrase", "contenu",
    "commentaire", "avis", "titre", "texto", "frase", "contenido", "comentario", "mensaje", "reseña", "título",
    "conteúdo", "comentário", "mensagem", "testo", "commento", "tekst", "zin", "zdanie", "treść", "metin", "cümle",
    "текст", "предложение", "сообщение", "комментарий", "отзыв", "заголовок", "النص", "نص", "पाठ", "वाक्य",
)  # fmt: skip
IMAGE_NAMES = (
    "image", "img", "image_path", "image_uri", "image_url", "image_bytes", "path", "file", "file_name", "filename",
    "filepath", "uri", "url", "bytes",
    "图片", "图像", "路径", "文件", "文件名", "圖片", "画像", "パス", "ファイル", "ファイル名", "이미지", "경로",
    "파일", "bild", "datei", "dateiname", "pfad", "fichier", "chemin", "imagen", "archivo", "ruta", "imagem",
    "immagine", "изображение", "картинка", "файл", "путь", "صورة",
)  # fmt: skip
SPLIT_NAMES = (
    "split", "set", "subset", "partition", "数据集", "划分", "拆分", "子集", "分割", "データセット", "분할", "데이터셋",
    "aufteilung", "teilmenge", "partie", "conjunto", "partición", "выборка", "разбиение",
)  # fmt: skip
ID_NAMES = (
    "id", "uid", "uuid", "guid", "row_id", "example_id", "sample_id", "index", "idx", "question",
    "编号", "序号", "标识", "編號", "序號", "番号", "連番", "번호", "식별자", "nummer", "kennung", "nr", "numéro",
    "identifiant", "número", "identificador", "numero", "номер", "идентификатор", "numer", "numara", "الرقم", "معرف",
)  # fmt: skip
"""The names that people give to columns, the surest first; compared without case, blanks and hyphens."""

_FEW_SPLITS = 8
_IMAGE_TEXT = re.compile(r"data:image/|(?:.*\.(?:png|jpe?g|gif|webp|bmp|tiff?)(?:\?.*)?$)", re.IGNORECASE | re.DOTALL)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")


def split_name(name: str) -> str | None:
    """The split that a file or folder name names: `banking_train.csv` → train."""
    words = re.split(r"[^a-z]+", name.lower())
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
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], images: bool = True, count: int | None = None
) -> Schema:
    """Roles by name first, then by what the values look like. `label` is None where nothing fits.

    `count`: how many rows the columns were counted in, where `rows` are only the first of them.
    """
    left = list(columns)
    image = _first(left, IMAGE_NAMES, lambda column: _holds_images(column.name, rows)) if images else None
    image = image or (next((c for c in left if _holds_images(c.name, rows)), None) if images else None)
    count = len(rows) if count is None else count
    split = _first(left, SPLIT_NAMES, lambda column: names_splits(column, rows))
    payload = image or _text(_without(left, split, _first(left, LABEL_NAMES)), rows)
    left = _without(left, split, payload)
    label = _first(left, LABEL_NAMES) or _category(left, count)
    left = _without(left, label)
    ids = _first(left, ID_NAMES, lambda column: column.distinct == count > 0 and not column.missing)
    attributes = tuple(column.name for column in _without(left, ids))
    name = payload.name if payload else columns[0].name
    return Schema("image" if image else "text", name, _name(label), _name(split), _name(ids), attributes)


def names_splits(column: Column, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column has few values, or the names of splits however they are spelled."""
    if column.distinct <= _FEW_SPLITS:
        return column.distinct > 0
    values = [str(row[column.name]) for row in rows if row[column.name] is not None]
    return bool(values) and all(value.strip().lower() in SPLIT_WORDS for value in values)


def plain_name(name: str) -> str:
    """A column's name as the lists of names have it."""
    return unicodedata.normalize("NFKC", name).strip("# \t").lower().replace(" ", "_").replace("-", "_")


def _name(column: Column | None) -> str | None:
    return column.name if column else None


def _without(columns: Sequence[Column], *taken: Column | None) -> list[Column]:
    return [column for column in columns if column not in taken]


def _first(columns: Sequence[Column], names: Sequence[str], fits: Any = lambda column: True) -> Column | None:
    """The column with the best-ranked name that fits."""
    by_name = {plain_name(column.name): column for column in columns}
    return next((by_name[name] for name in names if name in by_name and fits(by_name[name])), None)


def _text(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> Column | None:
    """The text: by name, else the column with the longest values on average."""
    texts = [column for column in columns if column.type.startswith("VARCHAR")] or list(columns)
    if named := _first(texts, TEXT_NAMES):
        return named
    return max(texts, key=lambda column: sum(len(str(row[column.name] or "")) for row in rows), default=None)


def _category(columns: Sequence[Column], count: int) -> Column | None:
    """The last column with few enough values to be classes."""
    few = [
        column
        for column in columns
        if 2 <= column.distinct <= max(2, count // 2) and column.type.startswith(("VARCHAR", "BIGINT", "BOOLEAN"))
    ]
    texts = [column for column in few if column.type.startswith("VARCHAR")]
    return (texts or few)[-1] if few else None


def _holds_images(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and 2 * sum(map(looks_like_image, values)) > len(values)


def looks_like_image(value: object) -> bool:
    """Whether a value is an image's path, URI, bytes, or the `{bytes, path}` pair that `datasets` stores."""
    if isinstance(value, Mapping):
        return any(looks_like_image(value.get(key)) for key in ("bytes", "path") if value.get(key))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[:4]).startswith(_MAGIC)
    return isinstance(value, str) and len(value) < 10_000_000 and bool(_IMAGE_TEXT.match(value))
