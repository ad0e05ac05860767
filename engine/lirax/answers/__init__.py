"""What LiraX answers to each command, typed; `engine.lirax.requests` says which answer belongs to which."""

from engine.lirax.answers.answer import Answer, Done, Entry
from engine.lirax.answers.blacklists import Blacklist
from engine.lirax.answers.calls import CallTaken, EmployeeCallTaken
from engine.lirax.answers.crm import DealCreated
from engine.lirax.answers.directories import Shop, Shops, Stage, Stages, User, Users, UserStatus, UserStatuses
from engine.lirax.answers.messages import SmsDelivery, SmsStatus, SmsTaken

__all__ = [
    "Answer",
    "Blacklist",
    "CallTaken",
    "DealCreated",
    "Done",
    "EmployeeCallTaken",
    "Entry",
    "Shop",
    "Shops",
    "SmsDelivery",
    "SmsStatus",
    "SmsTaken",
    "Stage",
    "Stages",
    "User",
    "UserStatus",
    "UserStatuses",
    "Users",
]
