"""What Dzvin remembers, table by table. Statements live in `campaigns/store/`, one file per noun.

States are plain text here; the words are those of `campaigns.rules.vocabulary`.
"""

from campaigns.tables.accounts import (
    Account,
    Agent,
    Directory,
    Drift,
    HistoryHealth,
    LineSlot,
    Modem,
    RollCall,
)
from campaigns.tables.calls import Attempt, EmployeeCall, HeardCall
from campaigns.tables.campaigns import Audio, Campaign, Recipient, Tally
from campaigns.tables.messages import (
    Consent,
    CrmContact,
    Deal,
    Effect,
    Erased,
    ErasedTrace,
    Inbox,
    Sms,
    Suppression,
)
from campaigns.tables.people import ApiKey, FirstRun, Idempotency, Session, User
from campaigns.tables.running import Custody, Worker

__all__ = [
    "Account",
    "Agent",
    "ApiKey",
    "Attempt",
    "Audio",
    "Campaign",
    "Consent",
    "CrmContact",
    "Custody",
    "Deal",
    "Directory",
    "Drift",
    "Effect",
    "EmployeeCall",
    "Erased",
    "ErasedTrace",
    "FirstRun",
    "HeardCall",
    "HistoryHealth",
    "Idempotency",
    "Inbox",
    "LineSlot",
    "Modem",
    "Recipient",
    "RollCall",
    "Session",
    "Sms",
    "Suppression",
    "Tally",
    "User",
    "Worker",
]
