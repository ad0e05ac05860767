"""One effect on its way to LiraX: what its performer is given, and what it gives back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from campaigns.store.crm import ContactRow, DealRow
from campaigns.store.outbox import EffectRow
from engine.apply.change import Change
from engine.lirax.client import Sender


@dataclass(frozen=True)
class Errand:
    """`phone` and all that follows are empty where the effect is an errand of the account itself."""

    effect: EffectRow
    now: datetime
    timezone: str  # of the account
    phone: str = ""
    who: str = ""  # the person's name, else the number
    ext: str = ""  # the effect's own, else the one the campaign calls for
    contact: ContactRow | None = None  # what LiraX must be told of the contact first; None: it knows
    deal: DealRow | None = None  # the deal the person has
    unclear_deal: bool = False  # whether an earlier order of a deal may have made one we do not know
    moved_on: bool = False  # whether a later order has made or moved the deal: this one would move it back
    suppressed: frozenset[str] = frozenset()  # of the numbers of a blacklist errand, those on our list now
    may_have_been_sent: bool = False  # an earlier request of this effect, whose answer we did not get


@dataclass(frozen=True)
class Told:
    """LiraX did it. `keep` writes what is to be remembered, in the transaction that ends the effect.

    With `once_more` the effect is not over: what is kept now, its performer goes on from.
    """

    detail: str | None = None
    provider_id: str | None = None
    keep: Callable[[Change], None] | None = None
    once_more: bool = False


Perform = Callable[[Sender, Errand], Awaitable[Told]]


@dataclass(frozen=True)
class Performer:
    """`perform` sends the one request of the effect. It raises LiraxError, or CannotDo with a sentence.

    `repeatable` answers whether the request of that errand may be sent twice without harm: then one whose
    answer is unknown is sent again by itself.
    """

    perform: Perform
    contact_first: bool = False
    repeatable: Callable[[Errand], bool] = lambda errand: False
