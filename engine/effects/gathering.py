"""Gathers what an errand needs to know, in the transaction that claims it."""

from dataclasses import replace

from campaigns.rules.vocabulary import EffectKind, EffectState, RecipientId
from campaigns.store import crm, outbox, recipients, suppressions
from campaigns.store.contacts import name_in
from campaigns.store.crm import ContactRow
from campaigns.store.outbox import EffectRow
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change
from engine.effects.errand import Errand
from engine.effects.registry import PERFORMERS


def gather(change: Change, row: EffectRow) -> Errand:
    timezone = change.house.accounts.get(row.account_id).timezone
    errand = Errand(row, change.now, timezone, may_have_been_sent=row.sent_at is not None)
    if row.kind is EffectKind.BLACKLIST:
        return replace(
            errand, suppressed=frozenset(suppressions.among(change.connection, row.body["phones"]))
        )
    if row.recipient_id is None:
        return errand
    person = recipients.get(change.connection, row.recipient_id)
    assert person is not None, f"effect {row.id} is for a person who is gone"
    return _about(change, row, person)


def _about(change: Change, row: EffectRow, person: RecipientRow) -> Errand:
    name = _name_of(change, person)
    ext = str(row.body.get("ext") or change.policy(person.campaign_id).from_ext)
    return Errand(
        row,
        change.now,
        change.house.accounts.get(row.account_id).timezone,
        phone=person.phone,
        who=name or person.phone,
        ext=ext,
        contact=_to_tell_first(change, row, phone=person.phone, name=name, ext=ext),
        deal=crm.deal(change.connection, person.id) if row.kind is EffectKind.DEAL else None,
        unclear_deal=row.kind is EffectKind.DEAL and _has_unclear_deal(change, row, person.id),
        moved_on=row.kind is EffectKind.DEAL and outbox.is_overtaken(change.connection, row),
        may_have_been_sent=row.sent_at is not None,
    )


def _name_of(change: Change, person: RecipientRow) -> str:
    """What the last order gave it as name, else what its list calls it; empty where neither does."""
    ordered = outbox.of_recipient(
        change.connection, person.id, kind=EffectKind.CONTACT, states=[EffectState.DONE]
    )
    given = str(ordered[-1].body.get("name", "")).strip() if ordered else ""
    return given or name_in(person.data)


def _to_tell_first(change: Change, row: EffectRow, *, phone: str, name: str, ext: str) -> ContactRow | None:
    """What LiraX does not know of the contact yet; None where nothing need be told.

    Where the list has no name, the name that LiraX was told before stays; the very first one is the number.
    """
    if not PERFORMERS[row.kind].contact_first:
        return None
    known = crm.contact(change.connection, row.account_id, phone)
    wanted = ContactRow(ext, name or (known.name if known else phone))
    return None if wanted == known else wanted


def _has_unclear_deal(change: Change, row: EffectRow, recipient_id: RecipientId) -> bool:
    unclear = outbox.of_recipient(
        change.connection, recipient_id, kind=EffectKind.DEAL, states=[EffectState.UNKNOWN]
    )
    return any(other.id != row.id for other in unclear)
