"""Waits for what must come true."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import httpx

T = TypeVar("T")

PATIENCE = 120.0  # seconds


def wait_until(holds: Callable[[], T | None], *, what: str, patience: float = PATIENCE) -> T:
    given_up = time.monotonic() + patience
    while time.monotonic() < given_up:
        with suppress(httpx.HTTPError):
            if found := holds():
                return found
        time.sleep(0.2)
    raise AssertionError(f"never came true: {what}")
