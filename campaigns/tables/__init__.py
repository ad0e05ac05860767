"""What Dzvin remembers, table by table. Statements live in `campaigns/store/`, one file per noun.

States are plain text here; the words are those of `campaigns.rules.vocabulary`.
"""

from campaigns.tables.accounts import Account, Agent, Directory, LineSlot, Modem, RollCall
from campaigns.tables.calls import Attempt, EmployeeCall, HeardCall
from campaigns.tables.campaigns import Audio, Campaign, Recipient, Tally
from campaigns.tables.messages import CrmContact, Deal, Effect, Inbox, Sms, Suppression
from campaigns.tables.people import ApiKey, FirstRun, Idempotency, Session, User

__all__ = [
    "Account",
    "Agent",
    "ApiKey",
    "Attempt",
    "Audio",
    "Campaign",
    "CrmContact",
    "Deal",
    "Directory",
    "Effect",
    "EmployeeCall",
    "FirstRun",
    "HeardCall",
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
]
