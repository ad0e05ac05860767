"""Reading a list beside the engine: a short text in a thread, everything else in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import structlog

import campaigns
from campaigns.lists.batches import Batch, Reading, batches
from campaigns.lists.opening import wrong
from campaigns.lists.sheets import is_spreadsheet
from campaigns.lists.wire import LENGTH_BYTES, read_batch, read_frame, read_wrong, write_reading

log = structlog.get_logger(__name__)

SMALL = 1 << 18  # bytes: read in a thread before a process would have started
_AHEAD = 1 << 22  # bytes the reader may be ahead of the writer
MEMORY = 2 << 30  # bytes of addresses the reader may take; a spreadsheet of 1,000,000 rows fits
_ROOT = Path(campaigns.__file__).parents[1]


async def read_batches(reading: Reading) -> AsyncGenerator[Batch, None]:
    """The list, batch by batch; close the iterator. Raises WrongInput when it cannot be read."""
    if await asyncio.to_thread(_is_small_text, reading.source):
        for batch in await asyncio.to_thread(lambda: list(batches(reading))):
            yield batch
        return
    process = await _start()
    try:
        async for batch in _listen(process, reading):
            yield batch
    finally:
        await _stop(process)


def _is_small_text(source: Path) -> bool:
    """A spreadsheet never counts as small: a few bytes of it can ask for any amount of memory."""
    try:
        with source.open("rb") as file:
            return not is_spreadsheet(file.read(8)) and os.fstat(file.fileno()).st_size <= SMALL
    except OSError:
        return True  # reading will say what is wrong


async def _start() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "campaigns.lists.worker",
        str(MEMORY),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={"PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", "")},  # no secrets
        limit=_AHEAD,
        start_new_session=True,  # Ctrl+C is for us: we end the import, and the reader with it
    )


async def _listen(process: Process, reading: Reading) -> AsyncGenerator[Batch, None]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(write_reading(reading))
    process.stdin.close()
    while True:
        try:
            length = await process.stdout.readexactly(LENGTH_BYTES)
            body = await process.stdout.readexactly(int.from_bytes(length, "big"))
        except asyncio.IncompleteReadError as error:
            raise wrong(reading.name, await _last_words(process)) from error
        kind, told = read_frame(body)
        match kind:
            case "batch":
                yield read_batch(told)
            case "wrong":
                raise read_wrong(told)
            case "end":
                return


async def _last_words(process: Process) -> str:
    """Why the reader ended too early: a process without memory cannot say it as others do."""
    assert process.stderr is not None
    said = (await process.stderr.read()).decode(errors="replace")
    ended = await process.wait()
    log.error("list_reader_stopped", exit_code=ended, said=said[-2_000:])
    if ended < 0 or "MemoryError" in said:
        return f"the list cannot be read with {MEMORY >> 30} GB of memory; save it as CSV"
    return "the list could not be read, and the log says why"


async def _stop(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
