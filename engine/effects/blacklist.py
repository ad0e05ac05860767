"""Numbers that our do-not-call list has gained or lost, on LiraX's own blacklist.

What counts is our list when the errand leaves, so a late one cannot undo what somebody has done since.
"""

from engine.apply.blacklists import ADD
from engine.blacklists import put_on, read_theirs, take_off
from engine.effects.errand import Errand, Told
from engine.errors import CannotDo
from engine.lirax.client import Sender
from engine.lirax.errors import Refused

LOOK_FIRST = 20  # from so many numbers on, those that are there already are looked up instead of sent
MOST_NAMED = 10


async def keep_blacklist(client: Sender, errand: Errand) -> Told:
    adds = errand.effect.body["act"] == ADD
    phones = [phone for phone in errand.effect.body["phones"] if (phone in errand.suppressed) is adds]
    if not phones:
        return Told(detail="nothing to tell: our list has changed since")
    if adds:
        left = await put_on(client, await _lacking(client, errand, phones), timezone=errand.timezone)
    else:
        left = await take_off(client, phones, timezone=errand.timezone)
    if left:
        named = ", ".join(left[:MOST_NAMED]) + (", …" if len(left) > MOST_NAMED else "")
        raise CannotDo(f"LiraX refuses to {errand.effect.body['act']} {named} (400)")
    return Told(detail=f"{len(phones)} {'number' if len(phones) == 1 else 'numbers'}")


async def _lacking(client: Sender, errand: Errand, phones: list[str]) -> list[str]:
    if len(phones) < LOOK_FIRST:
        return phones
    try:
        theirs = await read_theirs(client, timezone=errand.timezone)
    except Refused as error:
        if error.kind == "invalid_token":
            raise
        return phones
    return [phone for phone in phones if phone not in theirs]
