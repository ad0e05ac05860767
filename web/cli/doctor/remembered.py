"""What the database remembers of one account: what holds it, its modems, agents and lists, its live call."""

from collections import Counter

from sqlalchemy import Connection

from campaigns.rules.agents import Presence
from campaigns.rules.vocabulary import AccountId, DirectoryKind
from campaigns.store import accounts, agents, directories, sms
from campaigns.store.sms import ModemRow
from engine.database.port import Database
from engine.lirax.capabilities import Capabilities
from engine.lirax.capability_words import objections, sentences
from web.cli.doctor.findings import Finding, broken, fine, look
from web.cli.doctor.patients import Patient


async def examine_remembered(patient: Patient) -> list[Finding]:
    if patient.database is None:
        return []
    found = await _read(patient.database, patient.facts.id)
    return [*found, *examine_live(Capabilities.read(patient.facts.capabilities))]


async def _read(database: Database, account_id: AccountId) -> list[Finding]:
    def look_at(connection: Connection) -> list[Finding]:
        modems = [modem for modem in sms.modems(connection) if modem.account_id == account_id]
        return [
            *_holds(accounts.get(connection, account_id).hold_reason),
            *_modems(modems),
            *_agents(connection, account_id),
            *_lists(connection, account_id),
        ]

    return await database.read(look_at)


def _holds(reason: str | None) -> list[Finding]:
    return [] if reason is None else [broken("dialling", f"held: {reason}")]


def _modems(modems: list[ModemRow]) -> list[Finding]:
    """Known are those that campaigns have named; none is asked, since asking takes a modem's turn."""
    troubled = [look("modem", f"{modem.number}: {modem.trouble}") for modem in modems if modem.trouble]
    if troubled or not modems:
        return troubled
    return [fine("modems", f"no trouble known of {', '.join(modem.number for modem in modems)}")]


def _agents(connection: Connection, account_id: AccountId) -> list[Finding]:
    """As LiraX last told; only connect campaigns that name agents need to know."""
    called = agents.roll_call(connection, account_id)
    found = [] if called is None or called.trouble is None else [look("agents", called.trouble)]
    standing = Counter(agent.presence for agent in agents.every(connection, account_id))
    if not standing:
        return found
    return [*found, fine("agents", ", ".join(f"{standing[each]} {each}" for each in Presence))]


def _lists(connection: Connection, account_id: AccountId) -> list[Finding]:
    known = directories.read(connection, account_id)
    listed = {kind: known.of(kind) for kind in DirectoryKind}
    troubled = [look("lists", f"{kind}: {each.trouble}") for kind, each in listed.items() if each.trouble]
    told = [_counted(len(each.entries), kind) for kind, each in listed.items() if each.fetched_at is not None]
    return [*troubled, *([fine("lists", f"LiraX has {', '.join(told)}")] if told else [])]


def examine_live(shown: Capabilities) -> list[Finding]:
    if shown.looked_at is None:
        says = "no live call was made; `dzvin doctor --live YOUR-NUMBER` shows what this LiraX does"
        return [fine("live", says)]
    wrong = [broken("live", sentence) for sentence in objections(shown)]
    return wrong or [fine("live", sentence) for sentence in sentences(shown)]


def _counted(count: int, kind: DirectoryKind) -> str:
    """`1 shop`, `2 statuses`."""
    one = {"statuses": "status"}.get(kind.value, kind.value.removesuffix("s"))
    return f"{count} {one if count == 1 else kind.value}"
