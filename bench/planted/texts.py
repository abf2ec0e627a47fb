"""How well questions to a bank and tweets are found that were spoiled in every way that a scan looks for.

What is found among the texts that nobody touched counts as a false alarm, though it may be real: tweets have entities
of HTML and control characters.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from bench.data import DATA, columns
from bench.planted.scored import SEED, Ways, compared, spoiled_rows
from bench.row import Row
from core.modalities.text.faults.find import suspicions as of_texts
from core.modalities.text.language import languages

QUESTIONS = 3_080


def _nothing(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return str(generator.choice(("...", "-", "n/a", "NULL", "???", "[deleted]", "nan", "  .  ")))


def _first(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return text.split()[0]


def _many(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return " ".join(generator.choice(others, 25, replace=False))


def _misread(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    """UTF-8 read as cp1252, with a sign or a letter that ASCII has not."""
    sign = str(generator.choice(("’", "é", "“", "…", "£", "ü", "—", "ñ")))
    words = text.split()
    words.insert(int(generator.integers(0, len(words) + 1)), f"caf{sign}s")
    return " ".join(words).encode().decode("cp1252", "replace")


def _lost(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    place = int(generator.integers(0, len(text)))
    return text[:place] + LOST[generator.integers(len(LOST))] + text[place + 1 :]


def _marked(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    way = generator.choice(("<p>{}</p>", "{}<br/>", '<a href="#">{}</a>', "{} &nbsp;", "&quot;{}&quot;", "<DIV>{}"))
    return str(way).format(text)


def _escaped(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    words = text.split()
    sign = str(generator.choice(("\\u2019", "\\xe9", "\\n\\n", '\\"', "\\u00a0")))
    words.insert(int(generator.integers(0, len(words) + 1)), sign)
    return " ".join(words)


def _signed(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return f"{text}\nSent from my phone" if generator.random() < 0.5 else f"{text} {NOTICE}"


def _again(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return " ".join([text] * int(generator.integers(4, 8)))


def _elsewhere(text: str, others: Sequence[str], generator: np.random.Generator) -> str:
    return FOREIGN[generator.integers(len(FOREIGN))]


FOREIGN = (
    "Warum wurde meine Karte beim Bezahlen im Laden abgelehnt?",
    "Je n'arrive pas à retirer de l'argent au distributeur, que faire ?",
    "No reconozco este cobro en mi cuenta y quiero que me lo devuelvan.",
    "Quanto tempo ci vuole perché arrivi la mia nuova carta?",
    "Hoe kan ik de pincode van mijn kaart veranderen in de app?",
    "Dlaczego mój przelew jest wciąż w toku, skoro minęły trzy dni?",
    "Почему мой перевод до сих пор не пришёл на счёт?",
    "我的银行卡在自动取款机里被吞了，请问应该怎么办？",
    "Kartım neden reddedildi ve paramı ne zaman geri alacağım?",
    "Por que ainda não recebi o reembolso da minha compra?",
)
NOTICE = "This message is meant for nobody but the person that it names."
LOST = ("\ufffd", "\x00", "\x08", "\x92", "\ue000")
OF_TEXTS: Ways = {
    "empty": _nothing,
    "too_short": _first,
    "too_long": _many,
    "mojibake": _misread,
    "unreadable": _lost,
    "escapes": _escaped,
    "boilerplate": _signed,
    "markup": _marked,
    "repeated": _again,
    "foreign": _elsewhere,
}


def rows() -> Iterator[Row]:
    sets = (
        ("questions", columns(DATA / "banking77" / "train.csv")["text"]),
        ("tweets", columns(DATA / "disaster_tweets" / "test.csv")["text"]),
    )
    for name, texts in sets:
        generator = np.random.default_rng(SEED)
        few = [texts[row] for row in generator.choice(len(texts), min(QUESTIONS, len(texts)), replace=False)]
        planted = spoiled_rows(len(few), OF_TEXTS, generator)
        spoiled = [
            str(OF_TEXTS[planted[row]](text, few, generator)) if row in planted else text
            for row, text in enumerate(few)
        ]
        column = pa.chunked_array([pa.array(spoiled, pa.large_string())])
        spoken = np.array(languages([text[:300] for text in spoiled]), object)  # a load has derived them
        began = time.perf_counter()
        found = of_texts(column, spoken)
        taken = time.perf_counter() - began
        yield from compared(name, found, planted)
        yield Row(f"content of {name}", len(few) / taken, "texts/s", higher_is_better=True)
