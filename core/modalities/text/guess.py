"""Which column holds texts."""

from __future__ import annotations

from collections.abc import Sequence

from core.modalities.contract import Rows
from core.modalities.naming import first_named
from core.records import Column

NAMES = (
    "text", "sentence", "content", "utterance", "tweet", "review", "comment", "message", "body", "document",
    "question", "query", "article", "description", "title",
    "文本", "内容", "正文", "句子", "评论", "消息", "问题", "描述", "标题", "內容", "評論", "標題",
    "テキスト", "本文", "文章", "文", "コメント", "タイトル", "텍스트", "본문", "내용", "문장", "리뷰", "댓글", "제목",
    "satz", "inhalt", "kommentar", "nachricht", "bewertung", "beschreibung", "titel", "texte", "phrase", "contenu",
    "commentaire", "avis", "titre", "texto", "frase", "contenido", "comentario", "mensaje", "reseña", "título",
    "conteúdo", "comentário", "mensagem", "testo", "commento", "tekst", "zin", "zdanie", "treść", "metin", "cümle",
    "текст", "предложение", "сообщение", "комментарий", "отзыв", "заголовок", "النص", "نص", "पाठ", "वाक्य",
)  # fmt: skip
"""The names that people give to columns of texts, the surest first."""


def find(columns: Sequence[Column], rows: Rows) -> Column | None:
    """By name, else the column with the longest values on average."""
    texts = [column for column in columns if column.type.startswith("VARCHAR")] or list(columns)
    if named := first_named(texts, NAMES):
        return named
    return max(texts, key=lambda column: sum(len(str(row[column.name] or "")) for row in rows), default=None)
