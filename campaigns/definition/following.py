"""What follows from what happened: the section `rules`, and `sms` that their messages need."""

import re
from dataclasses import dataclass, replace

from campaigns.definition.calling import read_result
from campaigns.definition.fields import (
    read_digits,
    read_extension,
    read_line,
    read_text,
    read_word,
    read_yes_no,
)
from campaigns.definition.hours import read_hours
from campaigns.definition.orders import read_orders
from campaigns.definition.reading import Place, Section, open_section, shown
from campaigns.definition.tree import Items
from campaigns.rules.policy import Rule, SmsSender, When
from campaigns.rules.vocabulary import FINAL_STATES, ORDERED_EFFECTS, RecipientState
from campaigns.rules.windows import CallingWindow

RULE_KEYS = ("when", "outcome", "suppress", "sms", *sorted(ORDERED_EFFECTS))
WHEN_KEYS = ("key", "ivr", "entry", "result", "state")
SMS_KEYS = ("modem", "ext", "hours")
NO_CONDITION = When()
_MOST_RULES = 200
_LONGEST_OUTCOME = 60
_KEYS = re.compile(r"[0-9*#]{1,20}")
_FINAL_WORDS = tuple(state for state in RecipientState if state in FINAL_STATES)


@dataclass(frozen=True)
class Around:
    """What rules must know of the rest of their definition."""

    name: str
    from_ext: str
    has_sms: bool


def read_rules(place: Place, around: Around) -> tuple[Rule, ...] | None:
    if not isinstance(place.node, Items):
        place.wrong("must be a list of rules, each beginning with “- when:”")
        return None
    if len(place.node.items) > _MOST_RULES:
        place.wrong(f"has {len(place.node.items)} rules, at most {_MOST_RULES} are allowed")
        return None
    return tuple(_read_rule(item, around) or Rule(NO_CONDITION) for item in place.items())


def _read_rule(place: Place, around: Around) -> Rule | None:
    section = open_section(place, RULE_KEYS)
    if section is None:
        return None
    actions = {key: at for key, at in section if key != "when"}
    if not actions:
        place.wrong("does nothing; give it an action such as outcome, suppress or sms")
    if "sms" in actions and not around.has_sms:
        actions["sms"].wrong("needs the section sms: {modem, ext}, which says how messages leave")
    when = section.need("when", why=": key, result or state")
    return Rule(
        when=(None if when is None else _read_when(when)) or NO_CONDITION,
        outcome=section.read("outcome", _read_outcome, otherwise=None),
        suppress=section.read("suppress", read_yes_no, otherwise=False),
        sms=section.read("sms", read_text, otherwise=None),
        orders=read_orders(actions, from_ext=around.from_ext, campaign=around.name),
    )


def _read_when(place: Place) -> When | None:
    section = open_section(place, WHEN_KEYS)
    if section is None:
        return None
    _check_condition(section)
    return When(
        key=section.read("key", _read_key, otherwise=None),
        ivr=section.read("ivr", read_line, otherwise=None),
        entry=section.read("entry", read_line, otherwise=None),
        result=section.read("result", read_result, otherwise=None),
        state=section.read("state", _read_state, otherwise=None),
    )


def _check_condition(section: Section) -> None:
    conditions = [key for key in ("key", "result", "state") if section.get(key) is not None]
    if len(conditions) != 1:
        told = f"has {' and '.join(conditions)}" if conditions else "has no condition"
        section.place.wrong(f"{told}; exactly one of key, result and state is needed (# and * in quotes)")
    for key in ("ivr", "entry"):
        at = section.get(key)
        if at is not None and "key" not in conditions:
            at.wrong("goes only together with key")


def _read_key(place: Place) -> str | None:
    text = read_line(place)
    if text is None or _KEYS.fullmatch(text):
        return text
    place.wrong(f"{shown(text)} is not a key of a telephone: 0 to 9, * or #")
    return None


def _read_state(place: Place) -> RecipientState | None:
    """A final state: only reaching one makes a rule apply."""
    word = read_word(place, _FINAL_WORDS)
    return None if word is None else RecipientState(word)


def _read_outcome(place: Place) -> str | None:
    text = read_line(place, longest=_LONGEST_OUTCOME)
    if text is None or "{{" not in text:
        return text
    place.wrong("is a fixed name that results carry; columns cannot stand in it")
    return None


def read_sms(place: Place, *, from_ext: str, window: CallingWindow) -> SmsSender | None:
    section = open_section(place, SMS_KEYS)
    if section is None:
        return None
    modem = section.need("modem", why=": the number of the SIM in the GSM modem")
    hours = section.read("hours", read_hours, otherwise=None)
    return SmsSender(
        modem=(None if modem is None else read_digits(modem, what="the number of a SIM")) or "",
        ext=section.read("ext", read_extension, otherwise=from_ext),
        window=window if hours is None else replace(window, hours=hours),
    )
