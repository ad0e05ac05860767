"""Ends the demo with the `make` that started it, however that one is ended."""

import asyncio
import os
import signal
from pathlib import Path

LOOK_SECONDS = 0.5
SIGINT_BIT = 1 << (signal.SIGINT - 1)


async def end_with_parent(stop: asyncio.Event) -> None:
    """Sets `stop` when the parent has gone, or has been interrupted without us.

    GNU make hands SIGTERM on to its children but not SIGINT: interrupted alone, as by `kill -INT`, it waits
    for us for ever. All that can be seen of it is that it catches SIGINT no more.
    """
    parent = os.getppid()
    caught_at_first = _catches_interrupts(parent)
    while os.getppid() == parent and _catches_interrupts(parent) == caught_at_first:
        await asyncio.sleep(LOOK_SECONDS)
    stop.set()


def _catches_interrupts(process: int) -> bool:
    """False too where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return False
    caught = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) & SIGINT_BIT)
