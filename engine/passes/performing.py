"""Performs the effects beside SMS that rules have ordered, each once."""

from datetime import datetime

from sqlalchemy import Connection

from campaigns.rules.vocabulary import CRM_EFFECTS, EffectState
from campaigns.store import effects
from campaigns.store.effects import EffectRow
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.joining import go_on_in
from engine.errors import CannotDo
from engine.house import House

BATCH = 200
NOT_YET = "this version does not perform `{kind}` yet: it only reads and checks it"


class Performing:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """Nothing is due later: a new effect rings the bell."""
        performed = BATCH
        while performed == BATCH:
            performed = await self._house.database.write(self._perform_some)
            if performed:
                self._house.bells.after_change()
        return None

    def _perform_some(self, connection: Connection) -> int:
        with transaction(connection, self._house) as change:
            rows = effects.due(connection, now=change.now, limit=BATCH)
            for row in rows:
                self._perform(change, row)
        return len(rows)

    def _perform(self, change: Change, row: EffectRow) -> None:
        try:
            if row.kind in CRM_EFFECTS:
                raise CannotDo(NOT_YET.format(kind=row.kind))
            detail = go_on_in(change, row.recipient_id, campaign_name=str(row.body["name"]))
            state = EffectState.DONE
        except CannotDo as error:
            state, detail = EffectState.FAILED, str(error)
        effects.finish(change.connection, row.id, state=state, detail=detail, now=change.now)
        change.touched.add(row.campaign_id)
