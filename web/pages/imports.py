"""Lists on their way in: read in the background, told of on the campaign's page.

Kept in the memory of this process and in a temporary folder: after a restart the page shows what was taken
in by then, and the rejected rows are no longer at hand.
"""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import CampaignId
from engine.commands.importing import ImportProgress, ImportResult, import_list
from engine.errors import CannotDo
from engine.house import House

log = structlog.get_logger(__name__)

KEPT = 50  # finished imports remembered; the oldest is forgotten first
TROUBLE = "The list could not be read to its end because of a fault on our side; upload it again."


@dataclass(eq=False)
class Import:
    """One list on its way in. Exactly one of `result` and `trouble` is set once it has ended."""

    folder: Path
    name: str
    progress: ImportProgress | None = None
    result: ImportResult | None = None
    trouble: str | None = None

    @property
    def running(self) -> bool:
        return self.result is None and self.trouble is None

    @property
    def rejected_file(self) -> Path:
        return self.folder / "rejected.csv"


class Imports:
    def __init__(self, house: House) -> None:
        self._house = house
        self._by_campaign: dict[CampaignId, Import] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, campaign_id: CampaignId) -> Import | None:
        return self._by_campaign.get(campaign_id)

    def begin(
        self, campaign_id: CampaignId, *, folder: Path, source: Path, phone_column: str | None
    ) -> Import:
        """Starts to read the list; `folder` is removed when the import is forgotten."""
        self._forget(campaign_id)
        started = self._by_campaign[campaign_id] = Import(folder, source.name)
        task = asyncio.create_task(self._read(campaign_id, started, source, phone_column))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        for old in list(self._by_campaign)[:-KEPT]:
            if not self._by_campaign[old].running:
                self._forget(old)
        return started

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for campaign_id in list(self._by_campaign):
            self._forget(campaign_id)

    async def _read(
        self, campaign_id: CampaignId, started: Import, source: Path, phone_column: str | None
    ) -> None:
        def note(progress: ImportProgress) -> None:
            started.progress = progress
            self._house.bells.changes.ring()

        try:
            started.result = await import_list(
                self._house,
                campaign_id,
                source=source,
                name=source.name,
                phone_column=phone_column,
                rejected_to=started.rejected_file,
                progress=note,
            )
        except WrongInput as error:
            started.trouble = " ".join(_sentence(str(problem.message)) for problem in error.problems)
        except CannotDo as error:
            started.trouble = _sentence(str(error))
        except Exception:
            log.exception("import_failed", campaign_id=campaign_id)
            started.trouble = TROUBLE
        finally:
            self._house.bells.changes.ring()

    def _forget(self, campaign_id: CampaignId) -> None:
        old = self._by_campaign.pop(campaign_id, None)
        if old is not None:
            shutil.rmtree(old.folder, ignore_errors=True)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
