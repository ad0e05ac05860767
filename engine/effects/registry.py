"""The performer of each kind of effect that LiraX does. A further kind is a further row."""

from collections.abc import Mapping
from types import MappingProxyType

from campaigns.rules.vocabulary import EffectKind
from engine.effects.blacklist import keep_blacklist
from engine.effects.contact import save_contact
from engine.effects.deal import has_deal, make_or_move_deal
from engine.effects.errand import Performer
from engine.effects.message import send_message
from engine.effects.note import write_note
from engine.effects.task import create_task

PERFORMERS: Mapping[EffectKind, Performer] = MappingProxyType(
    {
        EffectKind.CONTACT: Performer(save_contact, repeatable=lambda errand: True),
        EffectKind.TASK: Performer(create_task, contact_first=True),
        EffectKind.NOTE: Performer(write_note, contact_first=True),
        EffectKind.DEAL: Performer(make_or_move_deal, contact_first=True, repeatable=has_deal),
        EffectKind.MESSAGE: Performer(send_message),
        EffectKind.BLACKLIST: Performer(keep_blacklist, repeatable=lambda errand: True),
    }
)
