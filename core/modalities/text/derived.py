"""Attributes that are made from a text, so that bias can be measured on what it looks like.

Each is a SQL expression over the examples table, computed once per dataset by the store. Bands of length and the like
are no columns: `core.profile.bias` cuts every number into bands by itself.
"""

from __future__ import annotations

from typing import Final

from core.modalities.contract import Derived

BEGINNING: Final = "left(text, 300)"
"""The beginning of a text, which its language and its class of characters are told from."""

STOP_WORDS: Final[dict[str, str]] = {
    "English": "the a and of to is in that it was for with you this are have not on be as my i what can we from at",
    "German": "der die und das ist nicht ein eine mit zu den auf für von sich ich es im dem auch wird sie werden oder",
    "French": "les des est et une dans pour que qui le la pas sur du un avec vous ce par il au sont être ou à",
    "Spanish": "el los las y por con una que es en la para se del un no como su al más está o lo este",
    "Portuguese": "o os não uma do da em para com que é a um no na as dos se mais por ao está ou são",
    "Italian": "il di che è per della non sono un una la del le con si da i nel gli questo alla in ma o essere",
    "Dutch": "het een van niet dat zijn voor de en is op te met er aan door worden deze bij om wordt of",
    "Swedish": "och att det är som en på för inte av med den till har ett om kan ska eller i du",
    "Danish": "og at det er af en ikke på for med den til har et om kan skal eller i der som du",
    "Polish": "w i na nie się z do jest to że o dla lub od po jak są być może przez ten",
    "Czech": "a v na je se to že s z do o pro nebo jako být není byl jsou který musí",
    "Romanian": "și de la în nu este un o pe cu din că pentru sau care sunt fi mai se ce",
    "Turkish": "ve bir bu için ile da de olarak ne çok var mı en değil daha gibi veya olan her",
    "Finnish": "ja on ei se että oli tai kun ovat mutta voi olla sen jos tämä joka ole hän",
    "Indonesian": "yang dan di untuk dengan tidak ini dari itu pada ke adalah akan atau harus dalam anda",
    "Vietnamese": "và của là không có cho được một các trong với này người đã những phải để",
}
"""Frequent short words of languages in Latin script. The language with most of them wins, the earlier one on a tie."""

SCRIPTS: Final[dict[str, str]] = {
    "Japanese": "[\\p{Hiragana}\\p{Katakana}]{2}",
    "Korean": "\\p{Hangul}{2}",
    "Chinese": "\\p{Han}{2}",
    "Cyrillic script": "\\p{Cyrillic}{3}",
    "Arabic script": "\\p{Arabic}{3}",
    "Greek": "\\p{Greek}{3}",
    "Hebrew": "\\p{Hebrew}{3}",
    "Devanagari script": "[\\p{Devanagari}]{3}",
    "Thai": "[\\p{Thai}]{3}",
}
"""Languages told by their script; where many share a script, the script is named."""


def _language() -> str:
    """Stop words decide where at least two are found (one in very short texts), the script where they do not."""
    words = f"string_split(lower({BEGINNING}), ' ')"
    counts = ", ".join(
        f"len(list_filter({words}, lambda word: word IN ({_literals(known)})))" for known in STOP_WORDS.values()
    )
    names = ", ".join(f"'{name}'" for name in STOP_WORDS)
    scripts = " ".join(
        f"WHEN regexp_matches({BEGINNING}, '{pattern}') THEN '{name}'" for name, pattern in SCRIPTS.items()
    )
    hits = f"[{counts}]"
    best = f"list_max({hits})"
    return (
        f"CASE WHEN {best} >= 2 THEN [{names}][list_position({hits}, {best})] {scripts}"
        f" WHEN {best} = 1 AND len({words}) <= 8 THEN [{names}][list_position({hits}, 1)] ELSE 'unclear' END"
    )


def _literals(words: str) -> str:
    return ", ".join(f"'{word}'" for word in words.split())


_CHARACTERS = (
    "CASE WHEN regexp_matches(text, 'https?://|www\\.') THEN 'links'"
    f" WHEN regexp_matches({BEGINNING}, '</?[a-zA-Z][^<>]*>') THEN 'markup'"
    f" WHEN regexp_matches({BEGINNING}, '[\\x{{1F300}}-\\x{{1FAFF}}\\x{{2600}}-\\x{{27BF}}]') THEN 'emoji'"
    f" WHEN length(regexp_replace({BEGINNING}, '[0-9]', '', 'g')) < 0.8 * length({BEGINNING}) THEN 'digits'"
    f" WHEN upper({BEGINNING}) = {BEGINNING} AND regexp_matches(text, '\\p{{Lu}}{{2}}') THEN 'capitals'"
    " WHEN regexp_matches(text, '[^\\x00-\\x7F]') THEN 'beyond ASCII'"
    " ELSE 'plain' END"
)
"""The first class that fits: links, markup, emoji, a fifth digits or more, capitals only, beyond ASCII, plain."""

DERIVED: Final = (
    Derived("text length", "text_length", "number", "length(text)"),
    Derived(
        "word count",
        "word_count",
        "number",
        "len(list_filter(string_split(replace(text, chr(10), ' '), ' '), lambda word: word NOT IN ('', chr(13))))",
    ),
    Derived("language", "language", "category", _language()),
    Derived("characters", "characters", "category", _CHARACTERS),
)
