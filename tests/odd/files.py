"""Some hundreds of files as people have them: damaged, cut off, misnamed, huge, deep, wide, oddly named.

Everything is drawn from a fixed seed: a file that fails today fails tomorrow.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from tests.images import png
from tests.odd.workbook import write_workbook

ROWS = 400
TEXTS = [f"Story {row} of the day" for row in range(ROWS)]
LABELS = [("sport", "business", "science")[row % 3] for row in range(ROWS)]
TABLE = pa.table({"text": TEXTS, "label": LABELS, "size": list(range(ROWS)), "share": [row / 7 for row in range(ROWS)]})

Files = Iterator[tuple[str, Path]]
"""What is odd about it, and the file or folder."""


def _csv(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TABLE.column_names)
        writer.writerows(zip(*(column.to_pylist() for column in TABLE.columns), strict=True))


def _json(path: Path) -> None:
    path.write_text(json.dumps(TABLE.to_pylist(), indent=1))


def _jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in TABLE.to_pylist()))


def _arrow_file(path: Path) -> None:
    with pa.ipc.new_file(str(path), TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=150)


def _arrow_stream(path: Path) -> None:
    with pa.ipc.new_stream(str(path), TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=150)


def _excel(path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(TABLE.column_names)
    for row in TABLE.slice(0, 100).to_pylist():
        sheet.append(list(row.values()))
    book.save(path)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", png(number))


WRITERS: dict[str, Callable[[Path], None]] = {
    "rows.csv": _csv,
    "rows.tsv": lambda path: (
        path.write_text("".join(f"{t}\t{c}\n" for t, c in zip(TEXTS, LABELS, strict=True))) and None
    ),
    "rows.json": _json,
    "rows.jsonl": _jsonl,
    "rows.parquet": lambda path: pq.write_table(TABLE, path, row_group_size=150),
    "plain.parquet": lambda path: pq.write_table(TABLE, path, compression="none", use_dictionary=False),
    "rows.arrow": _arrow_file,
    "stream.arrow": _arrow_stream,
    "rows.feather": lambda path: feather.write_feather(TABLE, str(path)),
    "rows.xlsx": _excel,
    "shared.xlsx": lambda path: write_workbook(path, 100) and None,
    "images.zip": _zip,
}


def _damaged(folder: Path) -> Files:
    """Each kind cut off at three places, with bits turned, with a stretch of zeros, and with rubbish behind it."""
    for name, write in WRITERS.items():
        whole = folder / name
        write(whole)
        content = whole.read_bytes()
        for share in (0.1, 0.5, 0.98):
            yield _put(folder, f"cut-{share:g}-{name}", content[: int(len(content) * share)])
        for seed in range(14):
            drawn, turned = random.Random(f"{name} {seed}"), bytearray(content)
            first, span = (0, len(turned)) if seed % 3 else (len(turned) - 600, 600)
            for _ in range(1 + seed * 2):
                turned[max(0, first + drawn.randrange(min(span, len(turned))))] ^= 1 << drawn.randrange(8)
            yield _put(folder, f"bits-{seed}-{name}", bytes(turned))
        middle = len(content) // 2
        yield _put(folder, f"zeros-{name}", content[:middle] + bytes(200) + content[middle + 200 :])
        yield _put(folder, f"behind-{name}", content + random.Random(name).randbytes(500))


def _misnamed(folder: Path) -> Files:
    """Each kind under the name of each other."""
    contents = {}
    for name, write in WRITERS.items():
        write(folder / name)
        contents[name] = (folder / name).read_bytes()
    suffixes = (".csv", ".json", ".jsonl", ".parquet", ".arrow", ".feather", ".xlsx", ".zip", ".png")
    for name, content in contents.items():
        for suffix in suffixes:
            if not name.endswith(suffix):
                yield _put(folder, f"{name.replace('.', '-')}{suffix}", content)


def _empty(folder: Path) -> Files:
    for suffix in (".csv", ".json", ".jsonl", ".parquet", ".arrow", ".feather", ".xlsx", ".zip"):
        yield _put(folder, f"none{suffix}", b"")
        yield _put(folder, f"blank{suffix}", b" \n\n ")
        yield _put(folder, f"nul{suffix}", bytes(1000))
    for name, content in (
        ("list.json", b"[]"),
        ("object.json", b"{}"),
        ("null.json", b"null"),
        ("header.csv", b"text,label\n"),
    ):
        yield _put(folder, name, content)
    pq.write_table(TABLE.slice(0, 0), folder / "no-rows.parquet")
    pq.write_table(pa.table({}), folder / "no-columns.parquet")
    for name in ("no-rows.parquet", "no-columns.parquet"):
        yield name, folder / name
    openpyxl.Workbook().save(folder / "sheet.xlsx")
    yield "sheet.xlsx", folder / "sheet.xlsx"
    with zipfile.ZipFile(folder / "nothing.zip", "w"):
        pass
    yield "nothing.zip", folder / "nothing.zip"


def _huge(folder: Path) -> Files:
    """Little that says that it is much, or that unfolds to much."""
    cell = pa.array(["x" * 3_000_000]).dictionary_encode()
    many = pa.chunked_array([cell.take(pa.array([0] * 200))] * 5)
    pq.write_table(pa.table({"text": many, "label": ["a", "b"] * 500}), folder / "unfolds.parquet", compression="zstd")
    yield "unfolds.parquet", folder / "unfolds.parquet"
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", bytes(40_000_000))
        archive.writestr("b/2.png", png(2))
    yield "bomb.zip", folder / "bomb.zip"
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='1'/></sheets></workbook>")
        book.writestr("xl/worksheets/sheet1.xml", b"<row>" + b" " * 60_000_000)
    yield "bomb.xlsx", folder / "bomb.xlsx"
    yield _put(folder, "one-line.csv", b"text,label\n" + b"x" * 40_000_000)
    yield _put(folder, "open-quote.csv", b'text,label\na,x\n"b' + b",y\n" * 2_000_000)
    yield _put(folder, "no-end.json", b'[{"text":"' + b"y" * 40_000_000)
    write_workbook(folder / "index.xlsx", 3000, {2900: 99_999})
    yield "index.xlsx", folder / "index.xlsx"
    write_workbook(folder / "index-first.xlsx", 50, {0: 2**40})
    yield "index-first.xlsx", folder / "index-first.xlsx"


def _deep(folder: Path) -> Files:
    for levels in (200, 3_000, 100_000):
        for name, opened, closed in (("lists", "[", "]"), ("objects", '{"a":', "}")):
            value = opened * levels + "1" + closed * levels
            row = f'{{"text": "a", "label": "x", "more": {value}}}'
            yield _put(folder, f"{name}-{levels}.json", f"[{row}]".encode())
            yield _put(folder, f"{name}-{levels}.jsonl", f"{row}\n{{}}\n".encode())
            yield _put(folder, f"bare-{name}-{levels}.json", value.encode())
            yield _put(folder, f"open-{name}-{levels}.jsonl", (opened * levels).encode())
    nested: pa.DataType = pa.int64()
    for _ in range(60):
        nested = pa.list_(nested)
    deep = pa.array([None, None], nested)
    for name, write in (("deep.parquet", pq.write_table), ("deep.feather", feather.write_feather)):
        write(pa.table({"text": ["a", "b"], "label": ["x", "y"], "deep": deep}), str(folder / name))
        yield name, folder / name


def _wide(folder: Path) -> Files:
    many = {f"column {number}": ["1", "2"] for number in range(5_000)}
    yield _put(folder, "wide.csv", ",".join(many).encode() + (b"\n" + b",".join([b"1"] * 5_000)) * 3)
    yield _put(folder, "keys.json", json.dumps([dict.fromkeys(many, 1) | {f"k{n}": 1 for n in range(95_000)}]).encode())
    yield _put(folder, "keys.jsonl", "".join(f'{{"text": "a", "k{n}": {n}}}\n' for n in range(30_000)).encode())
    pq.write_table(pa.table({"text": ["a", "b"], "label": ["x", "y"], **many}), folder / "wide.parquet")
    yield "wide.parquet", folder / "wide.parquet"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(3):
        sheet.append([f"cell {number}" for number in range(16_384)])
    book.save(folder / "wide.xlsx")
    yield "wide.xlsx", folder / "wide.xlsx"
    yield _put(folder, "same.csv", b",".join([b"text"] * 500) + b"\n" + b",".join([b"1"] * 500) + b"\n")


def _named(folder: Path) -> Files:
    """Good files, some under names that are none, and paths to nothing."""
    for name in (
        "a b",
        "ä",
        "\u202egpj",
        "q?",
        "st*r",
        "[0]",
        "'quote'",
        '"double"',
        "semi;colon",
        "-dash",
        "tab\t",
        "line\nfeed",
        "a" * 240,
    ):
        _csv(folder / f"{name}.csv")
        yield name, folder / f"{name}.csv"
        pq.write_table(TABLE, folder / f"{name}.parquet")
        yield name, folder / f"{name}.parquet"
    latin = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv"))
    _csv(latin)
    yield "Latin-1", latin
    yield "nothing there", folder / "nothing.csv"
    yield "NUL", folder / "a\0b.csv"
    yield "too long", folder / ("a" * 300 + ".csv")
    yield "far too long", Path("/" + "a/" * 5_000 + "b.csv")
    (folder / "one.csv").symlink_to(folder / "two.csv")
    (folder / "two.csv").symlink_to(folder / "one.csv")
    yield "links in a circle", folder / "one.csv"
    os.mkfifo(folder / "pipe.csv")
    yield "a pipe", folder / "pipe.csv"
    (folder / "device.csv").symlink_to("/dev/zero")
    yield "a device", folder / "device.csv"
    closed = folder / "folder.csv"
    closed.mkdir()
    yield "a folder that is called like a file", closed


def _folders(folder: Path) -> Files:
    """Image folders and folders that `datasets` has saved, with something wrong in each."""
    for odd in ("pipe", "cut", "rubbish", "link", "latin", "none", "flat", "empty"):
        root = folder / odd
        for label in "ab":
            (root / label).mkdir(parents=True)
            for number in range(3):
                if odd not in ("none", "empty"):
                    (root / ("" if odd == "flat" else label) / f"{label}{number}.png").write_bytes(png(number))
        first = root / "a" / "a0.png"
        if odd == "pipe":
            os.mkfifo(root / "a" / "pipe.png")
        elif odd == "cut":
            first.write_bytes(first.read_bytes()[:60])
        elif odd == "rubbish":
            first.write_bytes(random.Random(odd).randbytes(5_000))
        elif odd == "link":
            (root / "a" / "out.png").symlink_to("/etc/hostname")
            (root / "a" / "round").symlink_to(root)
        elif odd == "latin":
            Path(os.fsdecode(os.fsencode(root / "a") + b"/\xe9.png")).write_bytes(png(5))
        elif odd == "empty":
            first.write_bytes(b"")
        yield odd, root
    for odd in ("whole", "cut", "state", "missing", "outside", "rubbish"):
        root = folder / f"saved-{odd}"
        root.mkdir()
        _arrow_stream(root / "data-00000-of-00001.arrow")
        files = {"missing": "gone.arrow", "outside": "../whole/a/a0.png"}.get(odd, "data-00000-of-00001.arrow")
        (root / "state.json").write_text("{" if odd == "state" else json.dumps({"_data_files": [{"filename": files}]}))
        data = root / "data-00000-of-00001.arrow"
        if odd == "cut":
            data.write_bytes(data.read_bytes()[:900])
        elif odd == "rubbish":
            data.write_bytes(random.Random(odd).randbytes(5_000))
        yield f"saved {odd}", root


def _archives(folder: Path) -> Files:
    members = {
        "outside": "../a/1.png",
        "absolute": "/a/1.png",
        "backslashes": "a\\1.png",
        "twice": "a/1.png",
        "deep": "a/" * 200 + "1.png",
        "control": "a/\x01\x02.png",
        "long": "a/" + "b" * 60_000 + ".png",
    }
    for odd, name in members.items():
        path = folder / f"{odd}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), png(1))
            if odd == "twice":
                archive.writestr(zipfile.ZipInfo(name), png(2))
            archive.writestr("b/2.png", png(2))
        yield odd, path
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a/1.png", png(1))
    with zipfile.ZipFile(folder / "nested.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    yield "nested", folder / "nested.zip"


def _written_badly(folder: Path) -> Files:
    """Text that its reader has to make something of."""
    contents = {
        "quotes.csv": b'text,label\n"a""b,x\n"c,y\nd",z\n',
        "ragged.csv": b"text,label\na\nb,x,1,2,3\nc,y\n,,,,\nd,x\n",
        "one-column.csv": b"text\na\nb\n",
        "numbers.csv": b"1,2\n3,4\n5,6\n",
        "utf16.csv": "text,label\na,x\nb,y\n".encode("utf-16"),
        "utf32.csv": "text,label\na,x\nb,y\n".encode("utf-32"),
        "latin.csv": "text,label\ncaf\u00e9,x\nb,y\n".encode("latin-1"),
        "mixed.csv": b"text,label\ncaf\xe9,x\nb\xc3\xa9,y\n\xff\xfe,x\n",
        "nul.csv": b"text,label\na\0b,x\nc,y\n",
        "mac.csv": b"text,label\ra,x\rb,y\r",
        "feeds.csv": "text,label\na\u2028b,x\nc\x0cd,y\n".encode(),
        "twice.jsonl": b'{"text": "a", "text": "b", "label": "x"}\n{"text": "c", "label": "y"}\n',
        "surrogate.jsonl": b'{"text": "\\ud800", "label": "x"}\n{"text": "c", "label": "y"}\n',
        "nan.jsonl": b'{"text": "a", "label": NaN}\n{"text": "c", "label": "y"}\n',
        "scalars.jsonl": b'1\n"a"\nnull\n[1]\n{"text": "c", "label": "y"}\n',
        "comma.json": b'[{"text": "a", "label": "x"},]',
        "comments.json": b'// rows\n[{"text": "a", "label": "x"}]',
        "long-number.jsonl": b'{"text": "a", "label": "x", "n": ' + b"9" * 5_000 + b"}\n",
        "page.html.csv": b"<!DOCTYPE html><html><body>Not found</body></html>",
        "pointer.parquet": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "pickle.csv": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.",
        "program.csv": b"\x7fELF" + random.Random("elf").randbytes(3_000),
        "formula.csv": b"text,label\n=cmd|' /C calc'!A0,x\n@SUM(1),y\n",
    }
    for name, content in contents.items():
        yield _put(folder, name, content)


def _put(folder: Path, name: str, content: bytes) -> tuple[str, Path]:
    path = folder / name
    path.write_bytes(content)
    return name, path


KINDS: dict[str, Callable[[Path], Files]] = {
    "damaged": _damaged,
    "misnamed": _misnamed,
    "empty": _empty,
    "huge": _huge,
    "deep": _deep,
    "wide": _wide,
    "named": _named,
    "folders": _folders,
    "archives": _archives,
    "written badly": _written_badly,
}
"""Each writes its files below a folder, one after another."""
