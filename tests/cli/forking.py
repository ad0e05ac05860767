"""A process that has imported the whole command line, and forks a child of its own for each command.

To import all that a command may need takes ten times as long as the command itself. A child is a process like
any other: it has its own folder, environment, standard streams, signals and exit code.

Run with the number of its end of a socket pair. An order is one byte there, with four descriptors beside it:
standard input, output and error, and a socket on which the rest of the order is read (JSON, one line) and the
child's number and its exit code are told. The process ends when the other end is closed.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import NamedTuple

import web.cli
import web.cli.main

ORDER_BYTES = 1
STREAMS = 3
NUMBER = struct.Struct("!i")
LATER_IMPORTED = ("sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.asyncpg", "uvicorn.logging")


class Order(NamedTuple):
    words: list[str]
    folder: str
    environment: dict[str, str]


class Forks:
    """Forks for each order, and tells of every child how it ended."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._ends: dict[int, socket.socket] = {}  # of the children at work, by their number
        self._wakes, self._woken = socket.socketpair()
        for end in (self._wakes, self._woken):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken.fileno())

    def next_child(self) -> Order | None:
        """The order, in a child made for it; None in the process itself, once nobody wants more of it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._orders, selectors.EVENT_READ)
            selector.register(self._wakes, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._wakes:
                        self._tell_ends()
                        continue
                    received, descriptors, _, _ = socket.recv_fds(self._orders, ORDER_BYTES, STREAMS + 1)
                    if not received:
                        return None
                    if (order := self._fork(descriptors)) is not None:
                        return order

    def _fork(self, descriptors: list[int]) -> Order | None:
        told = socket.socket(fileno=descriptors[STREAMS])
        number = os.fork()
        if number == 0:
            self._forget_the_parent()
            return _begin(descriptors[:STREAMS], told)
        for descriptor in descriptors[:STREAMS]:
            os.close(descriptor)
        self._ends[number] = told
        told.sendall(NUMBER.pack(number))
        return None

    def _forget_the_parent(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for held in (self._orders, self._wakes, self._woken, *self._ends.values()):
            held.close()

    def _tell_ends(self) -> None:
        with suppress(BlockingIOError):
            self._wakes.recv(4096)
        for number in list(self._ends):
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                with self._ends.pop(number) as told, suppress(OSError):  # who asked may be gone
                    told.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _begin(streams: list[int], told: socket.socket) -> Order:
    """Takes the child's streams, folder and environment, as an interpreter that starts would."""
    with told, told.makefile(encoding="utf-8") as rest:
        order = Order(**json.loads(rest.readline()))
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    sys.argv[1:] = order.words
    return order


def import_all() -> None:
    """Nothing runs by being imported, and nothing of the environment is read."""
    for module in pkgutil.walk_packages(web.cli.__path__, "web.cli."):
        importlib.import_module(module.name)
    for name in LATER_IMPORTED:
        importlib.import_module(name)


def main() -> None:
    gc.disable()
    import_all()
    gc.freeze()
    gc.enable()
    forks = Forks(socket.socket(fileno=int(sys.argv[1])))
    try:
        order = forks.next_child()
    except KeyboardInterrupt:  # meant for the tests as a whole
        return
    if order is not None:
        _carry_out()


def _carry_out() -> None:
    """Runs the command and ends. To take all modules down again would copy every page of theirs."""
    try:
        web.cli.main.main()
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        code = ended.code
    gc.collect()  # whatever the command has left open says so now
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
