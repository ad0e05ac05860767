"""A message to an employee, from the person: by name where we know it, else by number (C31)."""

from engine.effects.errand import Errand, Told
from engine.lirax.client import Sender
from engine.lirax.requests import SendMsg


async def send_message(client: Sender, errand: Errand) -> Told:
    text = str(errand.effect.body["text"])
    await client.send(SendMsg(ext=errand.ext, ani=errand.who, text=text))
    return Told()
