"""Where webhooks wait to be stored: many to one commit, and in a file while the database is away.

Whoever comes while a commit is under way goes with the next one. When a commit fails or takes too long, its
webhooks go into the spool file; from then on all do, until it is drained into the inbox, the oldest first.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from campaigns.store import inbox
from campaigns.store.inbox import Arrival
from engine.database.port import Database, Lane
from engine.errors import DatabaseTrouble
from engine.spool import files
from engine.spool.files import SpoolFile
from engine.spool.lines import once, write_line

log = structlog.get_logger(__name__)

GROUP = 200  # webhooks of one commit
CROWD = 1_000  # more than that are not waited for: the file takes them all with one sync
MOST_WAITING = 5_000  # then LiraX is told to come again
PATIENCE_SECONDS = 3.0  # a commit that takes longer is given up for the file; LiraX waits some ten
DRAIN_SECONDS = 60.0  # nobody waits for what lies in the file
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between tries to drain; the last one for good

_Waiting = tuple[Arrival, "asyncio.Future[None]"]


class Reception:
    """Of one process. `ring` is called whenever there is something new in the inbox."""

    def __init__(
        self,
        database: Database,
        *,
        folder: Path,
        ring: Callable[[], None],
        most_bytes: int = files.MOST_BYTES,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._folder = folder
        self._ring = ring
        self._most_bytes = most_bytes
        self._patience = patience
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None
        self._draining: asyncio.Task[None] | None = None
        self._own: SpoolFile | None = None

    @property
    def is_behind(self) -> bool:
        """Whether webhooks wait in a file, so that later ones must queue behind them."""
        return self._draining is not None and not self._draining.done()

    @property
    def spooled_bytes(self) -> int:
        return files.bytes_waiting(self._folder)

    async def take(self, arrival: Arrival) -> None:
        """Returns once it is kept for good; raises DatabaseTrouble where nothing keeps it."""
        if len(self._waiting) >= MOST_WAITING:
            raise DatabaseTrouble("more webhooks come than can be stored")
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, kept))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all(), name="reception")
        await kept

    def look_for_left(self) -> None:
        """Begin to drain what other processes left behind, or we ourselves."""
        if not self.is_behind and self._folder.is_dir() and self.spooled_bytes:
            self._drain()

    async def close(self) -> None:
        """Keep what still waits, and leave what the file holds to the next start."""
        if self._storing is not None:
            await asyncio.gather(self._storing, return_exceptions=True)
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.gather(self._draining, return_exceptions=True)
        if self._own is not None:
            self._own.close()
            self._own = None

    async def _store_all(self) -> None:
        while self._waiting:
            group = self._waiting if self._must_spool() else self._waiting[:GROUP]
            self._waiting = self._waiting[len(group) :]
            try:
                await self._keep(group)
            except DatabaseTrouble as error:
                _tell(group, error)
            except BaseException as error:
                _tell(group, error)
                raise
            else:
                _tell(group, None)

    def _must_spool(self) -> bool:
        return self.is_behind or len(self._waiting) > CROWD

    async def _keep(self, group: Sequence[_Waiting]) -> None:
        arrivals = [arrival for arrival, _ in group]
        if self.is_behind or len(group) > GROUP:
            await self._spool(arrivals)
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._store(arrivals)
        except Exception as error:  # whatever it is: a webhook is not lost for it
            log.warning("webhooks go to the spool", count=len(arrivals), reason=_reason(error))
            await self._spool(arrivals)

    async def _store(self, arrivals: Sequence[Arrival]) -> None:
        def job(connection: Connection) -> None:
            inbox.add(connection, arrivals)

        await self._database.write(job, lane=Lane.WEBHOOK)
        self._ring()

    async def _spool(self, arrivals: Sequence[Arrival]) -> None:
        try:
            await _aside(self._append, [once(arrival) for arrival in arrivals])
        except OSError as error:
            log.error("webhooks cannot be kept", count=len(arrivals), reason=str(error))
            raise DatabaseTrouble(f"neither the database nor the spool takes webhooks: {error}") from error
        finally:
            self._drain()

    def _append(self, arrivals: Sequence[Arrival]) -> None:
        if self._own is None:
            self._own = files.new_file(self._folder, most_bytes=self._most_bytes)
        self._own.append(arrivals)

    def _drain(self) -> None:
        if not self.is_behind:
            self._draining = asyncio.create_task(self._catch_up(), name="reception-draining")

    async def _catch_up(self) -> None:
        """Until nothing waits in any file of ours; a database that stays away is tried again and again."""
        tries = 0
        while True:
            try:
                for path in await _aside(files.all_files, self._folder):
                    await self._drain_left(path)
                if self._own is None or await self._drain_own(self._own):
                    return
                tries = 0
            except Exception as error:  # the edge of the task
                log.warning("the spool cannot be drained yet", reason=_reason(error))
                await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1

    async def _drain_left(self, path: Path) -> None:
        file = await _aside(files.take_over, path)
        if file is None:
            return
        try:
            await self._read_out(file)
        except BaseException:
            file.close()
            raise
        file.discard()

    async def _drain_own(self, file: SpoolFile) -> bool:
        """Whether it is empty now; what came meanwhile is for the next turn."""
        await _aside(file.clear, await self._read_out(file))
        return file.size == 0

    async def _read_out(self, file: SpoolFile) -> int:
        """Store all that is in it; returns up to where."""
        place = 0
        while (piece := await _aside(file.read, place)).end > place:
            for start in range(0, len(piece.arrivals), GROUP):
                await self._store_drained(piece.arrivals[start : start + GROUP])
            place = piece.end
        return place

    async def _store_drained(self, arrivals: Sequence[Arrival]) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._store(arrivals)
        except (IntegrityError, DataError) as error:
            if len(arrivals) > 1:
                for arrival in arrivals:
                    await self._store_drained([arrival])
                return
            line = write_line(arrivals[0])
            await _aside(files.set_aside, self._folder, [line], reason=_reason(error))


async def _aside(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """In a thread: the disk may take its time."""
    return await asyncio.to_thread(work, *arguments, **named)


def _tell(group: Sequence[_Waiting], error: BaseException | None) -> None:
    for _, kept in group:
        with suppress(asyncio.InvalidStateError):  # who asked has gone
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error)


def _reason(error: Exception) -> str:
    words = str(getattr(error, "orig", None) or error) or type(error).__name__
    return words.splitlines()[0][:300]
