"""What code that is not ours would take from the real world, taken from the simulation instead."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, cast

import httpcore._async.http11
import structlog

from engine.spool import files
from tests.simulation.loop import LIFE, SimLoop


@contextmanager
def virtual_http(loop: SimLoop) -> Iterator[None]:
    """httpcore asks the real clock how long a connection has been idle: let it ask ours."""
    module = cast(Any, httpcore._async.http11)
    real, module.time = module.time, _Time(loop)
    try:
        yield
    finally:
        module.time = real


@contextmanager
def known_spools() -> Iterator[None]:
    """Every process remembers which spool files it has locked: with it their locks go."""
    taken, made = files.take_over, files.new_file

    def remembered(file: files.SpoolFile | None) -> Any:
        life = LIFE.get()
        if life is not None and file is not None:
            life.let_go.append(file._let_go)
        return file

    module = cast(Any, files)
    module.take_over = lambda *words, **named: remembered(taken(*words, **named))
    module.new_file = lambda *words, **named: remembered(made(*words, **named))
    try:
        yield
    finally:
        module.take_over, module.new_file = taken, made


@contextmanager
def seeded_secrets(random: Random) -> Iterator[None]:
    """Names and epochs are drawn from the operating system: let them be drawn from the seed."""
    real = secrets.token_hex
    secrets.token_hex = lambda nbytes=None: random.randbytes(nbytes or 32).hex()
    try:
        yield
    finally:
        secrets.token_hex = real


class _Time:
    def __init__(self, loop: SimLoop) -> None:
        self.monotonic: Callable[[], float] = loop.time


@contextmanager
def logs(logged: Callable[[Any, str, Any], None]) -> Iterator[None]:
    def keep(logger: Any, method: str, event: Any) -> Any:
        logged(logger, method, event)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, keep])
    try:
        yield
    finally:
        structlog.configure(**before)
