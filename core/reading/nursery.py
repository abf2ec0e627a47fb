"""The warm process that readers are forked from: `python -m core.reading.nursery CONTROL`.

CONTROL is the number of a socket. On it arrive `start ID` with two descriptors (a connection for the work, a pipe for
how it ended) and `end ID`. The nursery opens no file of anybody's and starts no thread, so every fork is as fresh as
the first. It ends its readers and itself as soon as the other side of CONTROL is gone.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from types import FrameType

from core.reading import limits, work

_TICK_SECONDS = 0.05
"""How often the memory of readers is looked at."""


@dataclass(slots=True)
class _Reader:
    name: str
    pid: int
    ending: int
    """The pipe that takes how it ended."""
    cause: str = ""


class _Nursery:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.readers: dict[int, _Reader] = {}
        self.woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, _ignore)

    def run(self) -> None:
        while True:
            ready, _, _ = select.select(
                [self.control.fileno(), self.woken], [], [], _TICK_SECONDS if self.readers else None
            )
            if self.woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.woken, 4096)
            self._reap()
            if self.control.fileno() in ready and not self._obey():
                break
            for reader in self.readers.values():
                if limits.own_memory(reader.pid) > limits.MEMORY_BYTES:
                    self._end(reader, "memory")
        for reader in self.readers.values():
            os.kill(reader.pid, signal.SIGKILL)

    def _obey(self) -> bool:
        """Does what the app asks for next; False once it is gone."""
        order, descriptors, _, _ = socket.recv_fds(self.control, 256, 2)
        if not order:
            return False
        word, _, name = order.decode().partition(" ")
        if word == "start":
            self._start(name, *descriptors)
        else:
            for reader in self.readers.values():
                if reader.name == name:
                    self._end(reader, "asked")
        return True

    def _start(self, name: str, connection: int, ending: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_reader(connection, ending)
        os.close(connection)
        self.readers[pid] = _Reader(name, pid, ending)

    def _become_reader(self, connection: int, ending: int) -> None:
        """Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            for descriptor in (ending, *(reader.ending for reader in self.readers.values())):
                os.close(descriptor)
            limits.enter()
            with socket.socket(fileno=connection) as app:
                work.serve(app)
            code = 0
        finally:
            os._exit(code)

    def _end(self, reader: _Reader, cause: str) -> None:
        reader.cause = reader.cause or cause
        os.kill(reader.pid, signal.SIGKILL)

    def _reap(self) -> None:
        for pid in list(self.readers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                reader = self.readers.pop(pid)
                said = {"code": os.waitstatus_to_exitcode(status), "cause": reader.cause}
                with contextlib.suppress(OSError):
                    os.write(reader.ending, json.dumps(said).encode())
                os.close(reader.ending)


def _ignore(number: int, frame: FrameType | None) -> None:
    """The signal only has to wake the loop."""


def main() -> None:
    work.warm()
    gc.freeze()  # what is here stays shared with the forks
    _Nursery(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
