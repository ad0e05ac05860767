"""How a command ends: 0 done, 1 it could not be done, 2 wrong input. No traceback without `--debug`."""

import asyncio
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import typer
from typer import rich_utils
from typer.exceptions import TyperException

from campaigns.problems import WrongInput
from engine.errors import CannotDo
from engine.lirax.errors import LiraxError
from web.cli.talking import complain, speak_utf8

T = TypeVar("T")

DONE = 0
COULD_NOT = 1
WRONG = 2
INTERRUPTED = 130  # what typer makes of Ctrl-C; the contract says 1

DEBUG = "--debug"


def perform(work: Coroutine[Any, Any, T]) -> T:
    """Run the asynchronous part of a command."""
    return asyncio.run(work)


def end_on_signals(code: int) -> None:
    """While a server is still being imported, a signal ends it with this code; later it handles them."""

    def end(*_: object) -> None:
        sys.exit(code)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def end_of(command: Callable[[list[str]], Any], words: list[str]) -> int:
    """The exit code of a command, after telling what went wrong; `--debug` may stand anywhere before `--`."""
    speak_utf8()
    ours = words[: words.index("--")] if "--" in words else words
    debug = DEBUG in ours
    rest = [word for word in ours if word != DEBUG] + words[len(ours) :]
    try:
        code = command(rest)
    except Exception as error:
        if debug:
            traceback.print_exc()
        return tell_of(error)
    if code == INTERRUPTED:
        complain("interrupted")
        return COULD_NOT
    return code if isinstance(code, int) else DONE


def tell_of(error: BaseException) -> int:
    """Say what went wrong in a sentence and return the exit code for it."""
    match error:
        case WrongInput():
            for problem in error.problems:
                complain(str(problem))
            return WRONG
        case TyperException():
            rich_utils.rich_format_error(error)  # type: ignore[arg-type]
            return WRONG
        case LiraxError():
            complain(f"{error.kind}: {error}")
        case CannotDo():
            complain(str(error))
        case typer.Abort():
            complain("interrupted")
        case OSError() if error.filename:
            complain(f"{error.filename}: {error.strerror}")
        case _:
            complain(f"an unexpected error stopped this command: {type(error).__name__}: {error}")
            complain(f"please report it, with what the same command says with {DEBUG}")
    return COULD_NOT
