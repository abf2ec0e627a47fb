"""How well faults are found that were planted into copies of real examples: `python -m bench issues`.

Photographs of CIFAR-10, questions to a bank, tweets, spoken digits, and measurements in a table, each with some of its
examples spoiled in every way that a scan looks for; copies, wrong labels, rows between two classes, leaks, outliers, an
order of the file and personal data; precision and recall of each kind. What is found among the examples
that nobody touched counts as a false alarm, though it may be real: tweets have entities of HTML and control characters,
and CIFAR-10 has grey photographs.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import soundfile
from PIL import Image, ImageFilter
from sklearn.datasets import load_breast_cancer

from bench import outliers, peer_images, planted_names, planted_personal, planted_sets
from bench.data import DATA, columns
from bench.planted_rows import rows
from bench.row import Row
from core.modalities.audio.faults.find import suspicions as of_sounds
from core.modalities.audio.measures import measured
from core.modalities.image.faults.find import find as find_in_images
from core.modalities.payloads import Payloads
from core.modalities.suspicion import Suspicion, judged
from core.modalities.table_row.faults.find import suspicions as of_tables
from core.modalities.text.faults.find import suspicions as of_texts
from core.modalities.text.language import languages

SEED, IMAGES, QUESTIONS, EACH = 0, 3_000, 3_080, 0.01
"""Share of the examples that are spoiled in each of the ways."""
LARGE = (500, 375)
"""Pixels of the images by which speed is measured, beside those of 32 × 32."""
Ways = Mapping[str, Callable[..., object]]


def run() -> list[Row]:
    """Nothing where the data is not there."""
    if not (DATA / "cifar10_test").is_dir():
        return []
    return [
        *_images(),
        *_texts(),
        *_sounds(),
        *_tables(),
        *rows(),
        *planted_sets.rows(),
        *outliers.run(),
        *planted_personal.rows(),
        *planted_personal.beside(),
        *planted_names.rows(),
    ]


def _planted(count: int, ways: Ways, generator: np.random.Generator) -> dict[int, str]:
    """Rows and how each is spoiled."""
    few = round(EACH * count)
    chosen = generator.choice(count, few * len(ways), replace=False)
    return {int(row): way for row, way in zip(chosen, [way for way in ways for _ in range(few)], strict=True)}


def _compared(name: str, suspicions: Mapping[str, Suspicion], planted: Mapping[int, str]) -> Iterator[Row]:
    """Precision and recall by kind. A row may have more faults than the one that was meant: those of a spoiled row are
    neither right nor wrong."""
    count = len(next(iter(suspicions.values())).value)
    anything = np.zeros(count, bool)
    untouched = ~np.isin(np.arange(count), list(planted))
    for kind, suspicion in suspicions.items():
        has = judged(suspicion).has
        anything |= has
        rows = [row for row, way in planted.items() if way == kind]
        hits, false = int(has[rows].sum()), int((has & untouched).sum())
        precision = hits / max(1, hits + false)
        note = f"recall {hits / max(1, len(rows)):.3f} of {len(rows)}; flagged among the others: {false}"
        yield Row(f"content of {name}, {kind}: precision", precision, "", higher_is_better=True, note=note)
    share = float(anything[untouched].mean())
    yield Row(f"content of {name}: untouched examples that are flagged", 100 * share, "%")


# Images


def _dark(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.uniform(0.08, 0.2)
    return image.point(lambda level: level * by)


def _light(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.uniform(0.05, 0.15)
    return image.point(lambda level: 255 - (255 - level) * by)


def _blurred(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(generator.uniform(1.2, 3)))


def _plain(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """One colour, with a little noise or none."""
    colour = generator.integers(40, 215, 3) + generator.normal(0, generator.uniform(0, 0.7), (*image.size[::-1], 3))
    return Image.fromarray(colour.clip(0, 255).astype(np.uint8))


def _resized(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.choice((0.3, 0.45, 2.5, 6.0))
    return image.resize((round(image.width * by), round(image.height * by)))


def _cropped(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """A strip."""
    part = int(generator.integers(8, 14))
    return image.crop((0, part // 2, 32, part // 2 + part) if generator.random() < 0.5 else (part, 0, 2 * part, 32))


def _bordered(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Bars of one colour at two sides, as films in another format have them."""
    wide, colour = int(generator.integers(2, 8)), tuple(int(one) for one in generator.integers(0, 256, 3))
    framed = Image.new("RGB", image.size, colour if generator.random() < 0.5 else "black")
    place = (0, wide, 32, 32 - wide) if generator.random() < 0.5 else (wide, 0, 32 - wide, 32)
    framed.paste(image.crop(place), place)
    return framed


def _grey(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    return image.convert("L").convert("RGB")


OF_IMAGES: Ways = {
    "dark": _dark,
    "light": _light,
    "blurred": _blurred,
    "little_information": _plain,
    "odd_size": _resized,
    "odd_shape": _cropped,
    "grey": _grey,
    "borders": _bordered,
}


def _images() -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    with zipfile.ZipFile(DATA / "cifar10_test" / "images.zip") as archive, tempfile.TemporaryDirectory() as place:
        root = Path(place)
        names = sorted(one for one in archive.namelist() if not one.endswith("/"))
        files = [archive.read(names[row]) for row in generator.choice(len(names), IMAGES, replace=False)]
        planted = _planted(IMAGES, OF_IMAGES, generator)
        for row, way in planted.items():
            image = Image.open(io.BytesIO(files[row])).convert("RGB")
            out = io.BytesIO()
            OF_IMAGES[way](image, generator).save(out, "JPEG", quality=90)  # type: ignore[attr-defined]
            files[row] = out.getvalue()
        suspicions = find_in_images(_kept(root, files), root, _silent)
        yield from _compared("photographs", suspicions, planted)
        found = {kind: judged(one).has for kind, one in suspicions.items()}
        yield from peer_images.beside(files, planted, found)
        yield _speed("32 × 32", root, files)
        yield _speed("500 × 375", root, [_enlarged(one) for one in files[:300]])


def _enlarged(content: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").resize(LARGE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def _speed(size: str, root: Path, files: Sequence[bytes]) -> Row:
    payloads = _kept(root, files)
    with tempfile.TemporaryDirectory() as arrays:
        began = time.perf_counter()
        find_in_images(payloads, Path(arrays), _silent)
        taken = time.perf_counter() - began
    pace, other = len(files) / taken, peer_images.pace(files)
    name = f"content of images of {size}"
    return Row(name, pace, "images/s", other, peer_images.NAME, higher_is_better=True, bound="≥ 300")


def _kept(root: Path, files: Sequence[bytes]) -> Payloads:
    hashes = [hashlib.sha256(content).hexdigest() for content in files]
    for name, content in zip(hashes, files, strict=True):
        (root / name).write_bytes(content)
    return Payloads.of(pa.chunked_array([hashes]), pa.chunked_array([hashes]), root)


def _silent(done: float, total: float | None) -> None:
    pass


# Texts


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


def _texts() -> Iterator[Row]:
    sets = (
        ("questions", columns(DATA / "banking77" / "train.csv")["text"]),
        ("tweets", columns(DATA / "disaster_tweets" / "test.csv")["text"]),
    )
    for name, texts in sets:
        generator = np.random.default_rng(SEED)
        few = [texts[row] for row in generator.choice(len(texts), min(QUESTIONS, len(texts)), replace=False)]
        planted = _planted(len(few), OF_TEXTS, generator)
        spoiled = [
            str(OF_TEXTS[planted[row]](text, few, generator)) if row in planted else text
            for row, text in enumerate(few)
        ]
        column = pa.chunked_array([pa.array(spoiled, pa.large_string())])
        spoken = np.array(languages([text[:300] for text in spoiled]), object)  # a load has derived them
        began = time.perf_counter()
        found = of_texts(column, spoken)
        taken = time.perf_counter() - began
        yield from _compared(name, found, planted)
        yield Row(f"content of {name}", len(few) / taken, "texts/s", higher_is_better=True)


# Sounds


def _silence(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return generator.normal(0, 3e-4, len(wave)).astype(np.float32), rate


def _loud(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return (wave / np.abs(wave).max() * generator.uniform(3, 12)).clip(-1, 1), rate


def _cut(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return wave[len(wave) // 3 :][: len(wave) // int(generator.integers(9, 16))], rate


def _over(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return np.tile(wave, int(generator.integers(7, 15))), rate


def _faster(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return np.repeat(wave, 2), 2 * rate


OF_SOUNDS: Ways = {"silent": _silence, "clipped": _loud, "brief": _cut, "lengthy": _over, "odd_rate": _faster}


def _sounds() -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    with zipfile.ZipFile(DATA / "spoken_digits" / "recordings.zip") as archive:
        names = sorted(one for one in archive.namelist() if one.endswith(".wav"))
        sounds = [soundfile.read(io.BytesIO(archive.read(name)), dtype="float32") for name in names]
    planted = _planted(len(sounds), OF_SOUNDS, generator)
    for row, way in planted.items():
        sounds[row] = OF_SOUNDS[way](*sounds[row], generator)
    every = [measured(np.asarray(wave, np.float32)[:, None], rate) for wave, rate in sounds]
    names = ["seconds", "sample_rate", "silent_share", "clipped_share"]
    measures = {name: np.array([getattr(one, name) for one in every], float) for name in names}
    yield from _compared("sounds", of_sounds(measures), planted)


# Tables


def _tables() -> Iterator[Row]:
    """Measurements of cells of breast tissue, with a column of towns and one of numbers that are texts."""
    generator = np.random.default_rng(SEED)
    values = load_breast_cancer().data
    table: dict[str, list[object]] = {str(at): values[:, at].tolist() for at in range(values.shape[1])}
    table["town"] = generator.choice(TOWNS, len(values)).tolist()
    table["dose"] = [str(one) for one in generator.normal(size=len(values)).round(3)]
    planted = _planted(len(values), OF_TABLES, generator)
    for row, way in planted.items():
        OF_TABLES[way](table, row, generator)
    yield from _compared("table rows", of_tables(pa.table(table)), planted)


def _far_off(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    """A point that was left out, in places."""
    column = table[str(generator.integers(0, 4))]
    column[row] = float(column[row]) * 10.0 ** generator.integers(2, 5)  # type: ignore[arg-type]


def _negative(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    column = table[str(generator.integers(0, 4))]
    column[row] = -float(column[row])  # type: ignore[arg-type]


def _word(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    table["dose"][row] = str(generator.choice(("high", "1,5 mg", "see note", "~2")))


def _stand_in(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    if generator.random() < 0.5:
        table["4"][row] = -999.0
    else:
        table["dose"][row] = str(generator.choice(("n/a", "?", "unknown", "-")))


def _misspelt(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    town = str(table["town"][row])
    at = int(generator.integers(1, len(town) - 1))
    swapped = town[:at] + town[at + 1] + town[at] + town[at + 2 :]
    table["town"][row] = str(generator.choice((town[:at] + town[at + 1 :], swapped, town.upper(), f" {town}")))


def _gaps(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    for name in generator.choice(list(table), round(0.7 * len(table)), replace=False):
        table[name][row] = None


TOWNS = ("Lisbon", "Vienna", "Warsaw", "Helsinki", "Rotterdam")
OF_TABLES: Ways = {
    "far_off": _far_off,
    "below_zero": _negative,
    "no_number": _word,
    "stand_in": _stand_in,
    "spelling": _misspelt,
    "mostly_missing": _gaps,
}


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
