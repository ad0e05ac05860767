"""Commands about contacts, tasks, notes, deals, messages to employees, and the account's lists."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from engine.lirax.simulator.answers import DONE, REFUSED, Answer
from engine.lirax.simulator.checks import contact_name
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.newer_forms import MARKS
from engine.lirax.simulator.webhook_values import Webhook


def check_contact(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    names = ("ext", "add_phone", "emails", *(MARKS if exchange.options.extensions else ()))
    kept = {name: fields[name] for name in names if name in fields}
    contact = exchange.directory.contacts.setdefault(fields["ani"].removeprefix("+"), {})
    contact.update(kept, name=contact_name(fields, exchange.options))
    return DONE


def create_task(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if "date" in fields and not _is_due_in_time(fields["date"], exchange, now=now):
        return REFUSED
    if not _knows(exchange, fields):
        return Answer(exchange.options.unknown_contact_code)
    exchange.directory.tasks.append(_kept(fields))
    return DONE


def _is_due_in_time(date: str, exchange: Exchange, *, now: datetime) -> bool:
    due, wall = _due(date, exchange), exchange.options.wall(now)
    return due is not None and wall < due < _two_years_after(wall)


def create_note(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if not _knows(exchange, fields):
        return Answer(exchange.options.unknown_contact_code)
    exchange.directory.notes.append(_kept(fields))
    return DONE


def create_deal(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if not exchange.directory.has_stage(int(fields["stage"])):
        return REFUSED
    if not _knows(exchange, fields):
        return Answer(exchange.options.unknown_contact_code)
    number = exchange.directory.new_deal(_kept(fields))
    return Answer(body={"id_deal": number}, id=str(number))


def update_deal(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    number = int(fields["id_deal"])
    if not exchange.directory.has_stage(int(fields["stage"])):
        return REFUSED
    if not _knows(exchange, fields) or number not in exchange.directory.deals:
        return Answer(exchange.options.unknown_contact_code)
    if exchange.directory.deals[number] == _kept(fields):
        return Answer(exchange.options.updatedeal_noop_code)
    exchange.directory.deals[number] = _kept(fields)
    return DONE


def _knows(exchange: Exchange, fields: Mapping[str, str]) -> bool:
    directory = exchange.directory
    phone = fields.get("ani") or directory.phone_of(fields.get("email", ""))
    return directory.has_employee(fields["ext"]) and phone is not None and directory.has_contact(phone)


def _kept(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in ("cmd", "token")}


def _due(text: str, exchange: Exchange) -> datetime | None:
    """The moment meant in the account's zone; None for a day or hour there is not."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=exchange.options.zone)
    except ValueError:
        return None


def _two_years_after(now: datetime) -> datetime:
    leap_day = now.month == 2 and now.day == 29
    return (now - timedelta(days=1) if leap_day else now).replace(year=now.year + 2)


def get_stages(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"stages": exchange.directory.stages})


def get_shops(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"shops": exchange.directory.shops})


def get_user_statuses(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"statuses": exchange.directory.statuses})


def get_users(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    return Answer(body={"users": exchange.directory.users})


def init_statuses(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    everybody = exchange.options.initstatuses_scope == "all_users"
    for ext in [user["ext"] for user in exchange.directory.users]:
        if everybody or exchange.directory.is_logged_in(ext):
            told = {"ext": ext, "status": str(exchange.directory.status_of(ext))}
            exchange.webhooks.send(Webhook("staton", told, subject=ext), now=now)
    return DONE


def send_message(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    if not exchange.directory.has_employee(fields["ext"]):
        return REFUSED
    exchange.directory.chat.append(_kept(fields))
    return DONE
