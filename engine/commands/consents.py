"""Records that people agreed to be called and texted, and that they withdrew it."""

from sqlalchemy import Connection

from campaigns.problems import Problem, WrongInput
from campaigns.rules.consents import Consent
from campaigns.store import consents, erased
from engine.apply.campaigns import transaction
from engine.apply.consents import record_consents
from engine.house import House


async def record_consent(house: House, consent: Consent) -> bool:
    """Whether the record is new or newer; who waited for it may be called from now on. Raises WrongInput."""
    if consent.given_at > house.clock.now():
        raise WrongInput(Problem("consent cannot be given in the future", field="given_at"))

    def write(connection: Connection) -> bool:
        if erased.among(connection, [consent.phone]):
            raise WrongInput(Problem(erased.NEVER_AGAIN, field="phone"))
        with transaction(connection, house) as change:
            return bool(record_consents(change, [consent]))

    recorded = await house.database.write(write)
    house.bells.after_change()
    return recorded


async def withdraw_consent(house: House, phone: str, *, source: str) -> None:
    """Where a profile asks for consent, nobody calls or texts the number once this returns."""

    def write(connection: Connection) -> None:
        if not erased.among(connection, [phone]):  # who is called and texted by nobody anyway
            consents.withdraw(connection, [phone], source=source, now=house.clock.now())

    await house.database.write(write)
    house.bells.after_change()
