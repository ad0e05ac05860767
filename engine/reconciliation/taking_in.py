"""Takes in what call history has of some time: after a restore, when this database may have lost calls.

Known calls learn from it. A ring to a person who still waits for a call here, and of whom no call is known,
is written down as a call that counts, so that nobody is rung twice for one reason.
"""

from dataclasses import dataclass
from datetime import datetime

from campaigns.rules.vocabulary import AccountId
from engine.house import House


@dataclass(frozen=True)
class TakenIn:
    rows: int  # outgoing calls that history shows in that time
    learned: int  # calls of ours that history told something of for the first time
    adopted: int  # calls written down that this database had lost
    strange: int  # outgoing calls that are nobody's here
    sure_until: datetime  # what began later may not be written in history yet


async def take_in_history(
    house: House, account_id: AccountId, *, since: datetime, until: datetime
) -> TakenIn:
    """Raises LiraxError where history cannot be had whole, or cannot be believed; NotFound for no account."""
    raise NotImplementedError
