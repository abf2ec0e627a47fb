"""Whether the web process stays the same size while its pages are opened again and again.

Each load is a new session over the pages' own socket, as a browser makes one: it asks for a page, waits until the
script has run, and goes. What is resident, how many threads and how many open files there are is read off after a
warm-up and after every round of loads.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from bench.cold_start import resident_megabytes
from bench.row import Row
from tests.browser.conftest import start_server
from tests.browser.review_data import make_texts

PAGES = ("", "data", "profile", "issues", "review", "training", "evaluation", "jobs")
WARM_UP = 200
"""Loads until what is kept once is there, and the 128 sessions that Streamlit keeps for whoever comes back."""
ROUNDS = 4
LOADS_PER_ROUND = 450
AT_ONCE = 2
LONGEST = 256 * 1024 * 1024
"""Bytes of one message of a page."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a process holds."""

    megabytes: float
    threads: int
    files: int


def run() -> list[Row]:
    """The process after the warm-up beside what it is after all loads, and the time of a load."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_texts(folder, rows=600)
        server = start_server(folder)
        try:
            asyncio.run(loads(server.url, WARM_UP))
            sizes = [size(server.process.pid)]
            seconds: list[float] = []
            for _ in range(ROUNDS):
                seconds += asyncio.run(loads(server.url, LOADS_PER_ROUND))
                sizes.append(size(server.process.pid))
        finally:
            server.stop()
    first, last = sizes[0], sizes[-1]
    way = ", ".join(f"{one.megabytes:.0f}" for one in sizes)
    after = f"after {WARM_UP + ROUNDS * LOADS_PER_ROUND:,} page loads"
    return [
        Row(f"memory {after}", last.megabytes, "MB", first.megabytes, f"after {WARM_UP}", bound="flat", note=way),
        Row(f"threads {after}", last.threads, "", first.threads, f"after {WARM_UP}", bound="flat"),
        Row(f"open files {after}", last.files, "", first.files, f"after {WARM_UP}", bound="flat"),
        Row("a page load over the socket, median", statistics.median(seconds), "s"),
    ]


def size(pid: int) -> Size:
    """Read once what was left behind by the last sessions has gone."""
    time.sleep(5)
    folder = Path(f"/proc/{pid}")
    return Size(resident_megabytes(pid), len(list((folder / "task").iterdir())), len(list((folder / "fd").iterdir())))


async def loads(url: str, count: int) -> list[float]:
    """Seconds of each of `count` loads, the pages in turn, `AT_ONCE` of them at a time."""
    left = iter(range(count))

    async def one_after_the_other() -> list[float]:
        return [await page_load(url, PAGES[place % len(PAGES)]) for place in left]

    return [one for found in await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE))) for one in found]


async def page_load(url: str, page: str) -> float:
    """Seconds until the page has been drawn. Raises RuntimeError where its script ended in an exception."""
    start = time.perf_counter()
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = "dataset=news"
    address = f"ws{url.removeprefix('http')}/_stcore/stream"
    async with connect(
        address, origin=Origin(url), subprotocols=[Subprotocol("streamlit")], max_size=LONGEST
    ) as socket:
        await socket.send(asked.SerializeToString())
        async for message in socket:
            said = ForwardMsg.FromString(message if isinstance(message, bytes) else message.encode())
            if said.delta.new_element.HasField("exception"):
                raise RuntimeError(f"{page or 'home'}: {said.delta.new_element.exception.message}")
            if said.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start
    raise RuntimeError(f"{page or 'home'}: the server hung up")
