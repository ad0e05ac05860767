"""Which commands there are, by which methods, and how their parameters look (reference, sections 2-4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.lirax.simulator.options import Options

TEXT = r"[\s\S]*\S[\s\S]*"
EXT = r"[0-9]{1,10}"
PHONE = r"\+?[0-9]{3,20}"
DIGITS = r"[0-9]+"
COUNT = r"[0-9]{1,40}"  # a number to count with
HOUR = r"[01]?[0-9]|2[0-4]"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
EMAIL = r"[^,@\s]+@[^,@\s]+"


@dataclass(frozen=True)
class Parameter:
    name: str
    pattern: str
    required: bool = True
    highest: int | None = None


@dataclass(frozen=True)
class Command:
    name: str
    parameters: tuple[Parameter, ...] = ()
    by_get: bool = False


def may(name: str, pattern: str, *, highest: int | None = None) -> Parameter:
    return Parameter(name, pattern, required=False, highest=highest)


CONTACT = (Parameter("ext", EXT), Parameter("ani", PHONE))
DEAL = (Parameter("name", TEXT), Parameter("sum", COUNT), Parameter("stage", COUNT))
MODEM = (Parameter("ext", EXT), Parameter("provider", DIGITS))

COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        Command(
            "makeCall", (Parameter("from", EXT), Parameter("to", PHONE), may("idshop", COUNT)), by_get=True
        ),
        Command("killCall", by_get=True),  # either spelling of its one parameter: see `killcall_accepts`
        Command(
            "make2Calls",
            (
                Parameter("from", EXT),
                Parameter("to1", PHONE),
                Parameter("to2", rf"{PHONE}|https?://\S+"),
                may("timeout", COUNT),
                may("successtime", COUNT),
                may("notbefore", HOUR, highest=23),
                may("notafter", HOUR),
                may("vtime", r"([01][0-9]|2[0-3]):[0-5][0-9]"),
                may("vdate", r"(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.[0-9]{4}|today|tomorrow"),
                may("vmoney", r"[0-9]+\.[0-9]{2}"),
            ),
        ),
        Command(
            "checkContact",
            (*CONTACT, may("add_phone", rf"{PHONE}(,{PHONE})*"), may("emails", rf"{EMAIL}(,{EMAIL})*")),
        ),
        Command(
            "createTask",
            (
                *CONTACT,
                Parameter("text", TEXT),
                Parameter("date", MOMENT),
                Parameter("type", "[123]"),
            ),
        ),
        Command("createNote", (*CONTACT, Parameter("text", TEXT))),
        Command("createDeal", (*CONTACT, *DEAL)),
        Command("updateDeal", (*CONTACT, Parameter("id_deal", COUNT), *DEAL, Parameter("status", "[012]"))),
        Command("addBlackPhone", (Parameter("phone", DIGITS),), by_get=True),
        Command("delBlackPhone", (Parameter("phone", DIGITS),)),
        Command("listBlackPhone", (may("phone", DIGITS),)),
        Command("addBlackIP", (Parameter("IP", r"[0-9A-Fa-f:.]+"),), by_get=True),
        Command("delBlackIP", (Parameter("IP", r"[0-9A-Fa-f:.]+"),)),
        Command("listBlackIP", (may("phone", DIGITS),)),
        Command("getStages"),
        Command("getShops"),
        Command("getUserStatuses"),
        Command("getUsers"),
        Command("initStatuses"),
        Command("sendMsg", (Parameter("ext", EXT), Parameter("ani", TEXT), Parameter("text", TEXT))),
        Command("sendSMS", (*MODEM, Parameter("phone", PHONE), Parameter("text", TEXT))),
        Command("checkSMS", (*MODEM, Parameter("id_sms", COUNT))),
    )
}


def wrong_parameter(command: Command, fields: Mapping[str, str], options: Options) -> str | None:
    """The first parameter that is missing or malformed; None when all are right. Unknown ones are ignored."""
    for parameter in command.parameters:
        value = fields.get(parameter.name)
        if value is None and parameter.required:
            return parameter.name
        if value is not None and not _fits(parameter, value):
            return parameter.name
    return _wrong_in_particular(command, fields, options)


def _fits(parameter: Parameter, value: str) -> bool:
    if not re.fullmatch(parameter.pattern, value):
        return False
    return parameter.highest is None or int(value) <= parameter.highest


def _wrong_in_particular(command: Command, fields: Mapping[str, str], options: Options) -> str | None:
    match command.name:
        case "make2Calls":
            return None if _is_a_day(fields.get("vdate", "today")) else "vdate"
        case "checkContact":
            return None if contact_name(fields, options) else "name"
        case "killCall":
            return None if killed_call(fields, options) else "Call_id"
        case "listBlackPhone" | "listBlackIP":
            return "phone" if options.require_list_phone and "phone" not in fields else None
        case _:
            return None


def _is_a_day(text: str) -> bool:
    if text in ("today", "tomorrow"):
        return True
    try:
        datetime.strptime(text, "%d.%m.%Y")  # noqa: DTZ007 - a day of the calendar, of no zone
    except ValueError:
        return False
    return True


def contact_name(fields: Mapping[str, str], options: Options) -> str:
    """The contact's name, under the spelling that options allow (C26); empty when there is none."""
    spellings = (
        ("name", "Name") if options.checkcontact_name_key == "either" else (options.checkcontact_name_key,)
    )
    return next((fields[name].strip() for name in spellings if fields.get(name, "").strip()), "")


def killed_call(fields: Mapping[str, str], options: Options) -> str:
    """The id of the call to end, under the spelling that options allow (C15); empty when there is none."""
    spellings = ("Call_id", "callid") if options.killcall_accepts == "both" else (options.killcall_accepts,)
    return next((fields[name] for name in spellings if fields.get(name, "").strip()), "")
