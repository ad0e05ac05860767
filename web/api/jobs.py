"""Imports that the command line of this machine has asked for: they work on while it looks at them."""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path

from campaigns.rules.vocabulary import CampaignId
from engine.commands.importing import ImportProgress, ImportResult, import_list
from engine.house import House

KEPT = 50  # ended jobs remembered; the oldest is forgotten first


@dataclass(frozen=True)
class ImportOrder:
    """`source` and `rejected_to` are paths on this machine."""

    campaign_id: CampaignId
    source: Path
    phone_column: str | None
    rejected_to: Path | None


class ImportJob:
    """One import under way, or its end."""

    def __init__(self, house: House, order: ImportOrder) -> None:
        self.progress = ImportProgress(0.0, 0, 0, 0)
        self._task = asyncio.create_task(self._work(house, order), name=f"import {order.source.name}")

    def result(self) -> ImportResult | None:
        """None while it is under way; raises what stopped it."""
        return self._task.result() if self._task.done() else None

    @property
    def ended(self) -> bool:
        return self._task.done()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self, house: House, order: ImportOrder) -> ImportResult:
        return await import_list(
            house,
            order.campaign_id,
            source=order.source,
            name=order.source.name,
            phone_column=order.phone_column,
            rejected_to=order.rejected_to,
            progress=self._note,
        )

    def _note(self, progress: ImportProgress) -> None:
        self.progress = progress


class Jobs:
    """The jobs of one application, by unguessable names."""

    def __init__(self) -> None:
        self._jobs: dict[str, ImportJob] = {}

    def begin(self, house: House, order: ImportOrder) -> str:
        name = secrets.token_urlsafe(16)
        self._jobs[name] = ImportJob(house, order)
        ended = [each for each, job in self._jobs.items() if job.ended]
        for old in ended[:-KEPT]:
            del self._jobs[old]
        return name

    def find(self, name: str) -> ImportJob | None:
        return self._jobs.get(name)

    async def stop(self) -> None:
        for job in self._jobs.values():
            await job.stop()
