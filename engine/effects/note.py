"""A note on the contact."""

from engine.effects.errand import Errand, Told
from engine.lirax.client import Sender
from engine.lirax.requests import CreateNote


async def write_note(client: Sender, errand: Errand) -> Told:
    text = str(errand.effect.body["text"])
    await client.send(CreateNote(ext=errand.ext, ani=errand.phone, text=text))
    return Told()
