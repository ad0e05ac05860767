import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Running, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def started() -> Iterator[list[Running]]:
    """What a test starts and puts here is gone when the test ends."""
    running: list[Running] = []
    yield running
    for process in reversed(running):
        process.kill()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
