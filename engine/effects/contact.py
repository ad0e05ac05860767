"""The contact under which LiraX keeps all the rest: its name and the employee responsible for it."""

from campaigns.store import crm
from campaigns.store.crm import ContactRow
from engine.apply.change import Change
from engine.effects.errand import Errand, Told
from engine.lirax.client import Sender
from engine.lirax.errors import Refused
from engine.lirax.requests import CheckContact


async def save_contact(client: Sender, errand: Errand) -> Told:
    """An order of its own: the person has this name from now on; without one, the number is the name."""
    contact = ContactRow(errand.ext, str(errand.effect.body["name"]).strip() or errand.phone)
    await tell_contact(client, errand.phone, contact=contact)
    return Told(keep=lambda change: remember_contact(change, errand, contact))


async def tell_contact(client: Sender, phone: str, *, contact: ContactRow) -> None:
    request = CheckContact(ext=contact.ext, ani=phone, name=contact.name)
    try:
        await client.send(request)
    except Refused as error:
        if error.kind != request.kind_of_400:
            raise
        # LiraX's table says `name`, its example `Name` (C26): it may be the second that it wants.
        await client.send(request.model_copy(update={"both_spellings": True}))


def remember_contact(change: Change, errand: Errand, contact: ContactRow) -> None:
    account_id = errand.effect.account_id
    crm.save_contact(change.connection, account_id, errand.phone, told=contact, now=change.now)
