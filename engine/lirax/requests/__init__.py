"""Every command of LiraX as a model: what it does, its parameters, its errors and its answer.

`answer = await client.send(GetShops())`. A further command is a further class, named in `GROUPS`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.lirax.requests.blacklists import (
    AddBlackIp,
    AddBlackPhone,
    DelBlackIp,
    DelBlackPhone,
    ListBlackIp,
    ListBlackPhone,
)
from engine.lirax.requests.calls import KillCall, MakeCall, MakeTwoCalls
from engine.lirax.requests.crm import (
    CheckContact,
    CreateDeal,
    CreateNote,
    CreateTask,
    DealStatus,
    TaskType,
    UpdateDeal,
)
from engine.lirax.requests.directories import GetShops, GetStages, GetUsers, GetUserStatuses, InitStatuses
from engine.lirax.requests.history import HistoryAuth, HistoryExport, HistoryFilter
from engine.lirax.requests.messages import CheckSms, SendMsg, SendSms
from engine.lirax.requests.request import (
    INVALID,
    INVALID_OR_UNCHANGED,
    Parameters,
    Repeat,
    Request,
    wire_names,
)

__all__ = [
    "EVERY",
    "GROUPS",
    "HISTORY",
    "INVALID",
    "INVALID_OR_UNCHANGED",
    "AddBlackIp",
    "AddBlackPhone",
    "CheckContact",
    "CheckSms",
    "CreateDeal",
    "CreateNote",
    "CreateTask",
    "DealStatus",
    "DelBlackIp",
    "DelBlackPhone",
    "GetShops",
    "GetStages",
    "GetUserStatuses",
    "GetUsers",
    "HistoryAuth",
    "HistoryExport",
    "HistoryFilter",
    "InitStatuses",
    "KillCall",
    "ListBlackIp",
    "ListBlackPhone",
    "MakeCall",
    "MakeTwoCalls",
    "Parameters",
    "Repeat",
    "Request",
    "SendMsg",
    "SendSms",
    "TaskType",
    "UpdateDeal",
    "wire_names",
]

GROUPS: Mapping[str, tuple[type[Request[Any]], ...]] = MappingProxyType(
    {
        "Calls": (MakeCall, KillCall, MakeTwoCalls),
        "Contacts, tasks, notes and deals": (CheckContact, CreateTask, CreateNote, CreateDeal, UpdateDeal),
        "Blacklists": (AddBlackPhone, ListBlackPhone, DelBlackPhone, AddBlackIp, ListBlackIp, DelBlackIp),
        "Directories": (GetStages, GetShops, GetUserStatuses, GetUsers, InitStatuses),
        "Messages": (SendMsg, SendSms, CheckSms),
    }
)
HISTORY: tuple[type[Parameters], ...] = (HistoryAuth, HistoryExport)
EVERY: tuple[type[Parameters], ...] = (*(kind for group in GROUPS.values() for kind in group), *HISTORY)
