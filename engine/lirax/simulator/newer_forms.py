"""The forms of newer LiraX builds (section 8 of the reference), for `extensions`.

Nobody documents them: the names of commands and parameters are those of published integrations, what else
a command needs is our choice.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine.lirax.simulator.checks import (
    COMMANDS,
    CONTACT,
    COUNT,
    DIGITS,
    EMAIL,
    EXT,
    MOMENT,
    PHONE,
    TEXT,
    Command,
    Parameter,
    may,
)
from engine.lirax.simulator.options import Options

FLAG = "[01]"
SPEECH = (may("speech", TEXT), may("atmepo", r"[0-9]{1,3}"), may("SpeechNoWait", FLAG))
ANI = Parameter("ani", PHONE)
MARKS = ("trackid", "clientid", "sitename", "source", "stype", "campain", "Term", "tag")


def _with(name: str, *more: Parameter, optional: frozenset[str] = frozenset()) -> Command:
    """The documented form with some parameters left to choice and some added."""
    known = COMMANDS[name]
    parameters = tuple(
        replace(each, required=each.required and each.name not in optional) for each in known.parameters
    )
    return replace(known, parameters=(*parameters, *more))


NEWER: Mapping[str, Command] = {
    command.name: command
    for command in (
        _with(
            "make2Calls",
            *(may("idshop", COUNT), *SPEECH, may("FirstInternal", FLAG), may("SecondInternal", FLAG)),
            optional=frozenset({"to2"}),  # what is spoken needs nobody else
        ),
        _with("checkContact", *(may(mark, TEXT) for mark in MARKS)),
        _with(
            "createTask",
            *(may("email", EMAIL), may("department", TEXT), may("webhook", r"https?://\S+")),
            optional=frozenset({"ani", "date"}),
        ),
        _with("createDeal", may("status", "[012]")),
        Command("AskQuestion", (Parameter("from", EXT), Parameter("to1", PHONE), Parameter("speech", TEXT))),
        Command("getContact", (ANI,)),
        Command("AddTag", (*CONTACT, Parameter("tag", TEXT))),
        Command("DelTag", (*CONTACT, Parameter("tag", TEXT))),
        Command("IsCalling", (Parameter("phone", DIGITS),)),
        Command("IsFreeUsers"),
        Command("getUserSips"),
        Command("get_makecall_data", (Parameter("id_makecall", TEXT),)),
        Command("get_calls", (Parameter("date_start", MOMENT), Parameter("date_finish", MOMENT))),
    )
}


def command_named(name: str, options: Options) -> Command | None:
    """None for a command this LiraX does not have."""
    newer = NEWER.get(name) if options.extensions else None
    return newer or COMMANDS.get(name)


def wrong_together(command: Command, fields: Mapping[str, str]) -> str | None:
    """The parameter that is missing because another one does not stand in for it; None when all are right."""
    match command.name:
        case "make2Calls":
            return None if "to2" in fields or "speech" in fields else "to2"
        case "createTask":
            return None if "ani" in fields or "email" in fields else "ani"
        case _:
            return None
