"""Commands about contacts, tasks, notes and deals (LiraX reference, section 3)."""

from enum import IntEnum
from typing import ClassVar

from pydantic import Field

from engine.lirax.answers import Answer, DealCreated, Done
from engine.lirax.requests.request import INVALID_OR_UNCHANGED, Repeat, Request
from engine.lirax.requests.values import Count, Email, Ext, Id, Phone, Text, WallClock

RESPONSIBLE = "short number of the employee responsible for the contact, digits"
CONTACT = "the contact's phone number, digits in international form"


class TaskType(IntEnum):
    FOLLOW_UP = 1
    MEETING = 2
    CALL = 3


class DealStatus(IntEnum):
    ACTIVE = 0
    WON = 1
    LOST = 2


class CheckContact(Request[Done]):
    """Create a contact, or give the one with this number its name and responsible employee.

    Whether further phones and e-mails change on an update is not promised (C27).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, checkContact.
    """

    cmd: ClassVar[str] = "checkContact"
    answer: ClassVar[type[Answer]] = Done

    ext: Ext = Field(description=RESPONSIBLE)
    ani: Phone = Field(description="the contact's main phone number, digits in international form")
    name: Text = Field(description="the contact's name")
    add_phone: tuple[Phone, ...] = Field((), description="further phone numbers, comma-separated, no spaces")
    emails: tuple[Email, ...] = Field((), description="e-mail addresses, comma-separated, no spaces")
    both_spellings: bool = Field(
        False, exclude=True, description="send the name as `Name` too, as the document's example has it"
    )

    def form(self) -> dict[str, str]:
        form = super().form()
        return {**form, "Name": self.name} if self.both_spellings else form


class CreateTask(Request[Done]):
    """Create a task for the responsible employee about an existing contact.

    Errors: 400 invalid_parameters (also where contact or employee is unknown, C29), 401 invalid_token.
    Makes a second task when repeated.
    LiraX reference, section 3, createTask.
    """

    cmd: ClassVar[str] = "createTask"
    answer: ClassVar[type[Answer]] = Done
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    ext: Ext = Field(description=RESPONSIBLE)
    ani: Phone = Field(description=CONTACT)
    text: Text = Field(description="what is to be done")
    date: WallClock = Field(
        description="when it is due, YYYY-MM-DD HH:MM:SS on the account's wall clock; "
        "later than now, less than two years ahead"
    )
    type: TaskType = Field(description="1 follow-up, 2 meeting, 3 call")


class CreateNote(Request[Done]):
    """Write a note on an existing contact, in the name of the responsible employee.

    Errors: 400 invalid_parameters (also where contact or employee is unknown, C29), 401 invalid_token.
    Makes a second note when repeated.
    LiraX reference, section 3, createNote.
    """

    cmd: ClassVar[str] = "createNote"
    answer: ClassVar[type[Answer]] = Done
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    ext: Ext = Field(description=RESPONSIBLE)
    ani: Phone = Field(description=CONTACT)
    text: Text = Field(description="the note")


class CreateDeal(Request[DealCreated]):
    """Open a deal with an existing contact; the answer brings its `id_deal`.

    Errors: 400 invalid_parameters (also where contact, employee or stage is unknown, C29),
    401 invalid_token. Opens a second deal when repeated.
    LiraX reference, section 3, createDeal.
    """

    cmd: ClassVar[str] = "createDeal"
    answer: ClassVar[type[Answer]] = DealCreated
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    ext: Ext = Field(description=RESPONSIBLE)
    ani: Phone = Field(description=CONTACT)
    name: Text = Field(description="title of the deal")
    sum: Count = Field(description="amount, whole units of money")
    stage: Count = Field(description="id of a stage, from getStages")


class UpdateDeal(Request[Done]):
    """Change name, amount, stage and status of a deal.

    Errors: 400 invalid_parameters_or_unchanged (LiraX says 400 too when nothing would change, C30),
    401 invalid_token. May be repeated.
    LiraX reference, section 3, updateDeal.
    """

    cmd: ClassVar[str] = "updateDeal"
    answer: ClassVar[type[Answer]] = Done
    kind_of_400: ClassVar[str] = INVALID_OR_UNCHANGED

    ext: Ext = Field(description=RESPONSIBLE)
    ani: Phone = Field(description=CONTACT)
    id_deal: Id = Field(description="id of the deal, from createDeal")
    name: Text = Field(description="title of the deal")
    sum: Count = Field(description="amount, whole units of money")
    stage: Count = Field(description="id of a stage, from getStages")
    status: DealStatus = Field(description="0 active, 1 closed and won, 2 closed and lost")
