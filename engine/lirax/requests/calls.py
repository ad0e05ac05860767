"""Commands about calls (LiraX reference, section 2)."""

from typing import ClassVar

from pydantic import Field

from engine.lirax.answers import Answer, CallTaken, Done, EmployeeCallTaken
from engine.lirax.requests.request import Repeat, Request
from engine.lirax.requests.values import (
    Count,
    Ext,
    Hour,
    Id,
    Phone,
    PhoneOrAudio,
    SpokenDate,
    SpokenMoney,
    SpokenTime,
)


class MakeCall(Request[EmployeeCallTaken]):
    """Call a client from an employee's phone: LiraX rings the employee first, then the client.

    The answer only says that the task is taken; `makecall_finished` tells the rest under its `id_makecall`.
    Errors: 400 invalid_parameters, 401 invalid_token. May ring twice when repeated.
    LiraX reference, section 2, makeCall.
    """

    cmd: ClassVar[str] = "makeCall"
    answer: ClassVar[type[Answer]] = EmployeeCallTaken
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    from_ext: Ext = Field(
        serialization_alias="from", description="short number of the employee who calls, digits"
    )
    to: Phone = Field(description="the client's phone number, digits in international form")
    idshop: Count | None = Field(None, description="shop the call is made from, an id of getShops")


class KillCall(Request[Done]):
    """End a call between an employee and a client.

    Takes the `Call_id` that `makecall_finished` brought, so that webhook must have come (C10, C11).
    A call that is over or unknown gives 200 or 400: both say that it does not run (C16).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 2, killCall.
    """

    cmd: ClassVar[str] = "killCall"
    answer: ClassVar[type[Answer]] = Done

    call_id: Id = Field(serialization_alias="Call_id", description="the id from makecall_finished")
    both_spellings: bool = Field(
        False, exclude=True, description="send the id as `callid` too, as webhooks spell it (C10)"
    )

    def form(self) -> dict[str, str]:
        form = super().form()
        return {**form, "callid": self.call_id} if self.both_spellings else form


class MakeTwoCalls(Request[CallTaken]):
    """Call one number and then join it with a second one, or play an audio file to it.

    The answer only says that the task is queued; `make2calls_finished` tells the result, once, under its
    `id_make2calls`. `from` does not ring. Hours are of the account's time zone (C17).
    Errors: 400 invalid_parameters, 401 invalid_token. May ring twice when repeated.
    LiraX reference, section 2, make2Calls.
    """

    cmd: ClassVar[str] = "make2Calls"
    answer: ClassVar[type[Answer]] = CallTaken
    repeat: ClassVar[Repeat] = Repeat.UNSAFE

    from_ext: Ext = Field(
        serialization_alias="from", description="short number of the employee the calls are made for, digits"
    )
    to1: Phone = Field(description="phone number dialled first, digits in international form")
    to2: PhoneOrAudio = Field(
        description="number dialled second, or the address of an mp3 or wav file to play"
    )
    timeout: Count = Field(
        0, description="minutes during which LiraX redials every 10 minutes; 0 = one attempt"
    )
    successtime: Count | None = Field(
        None, description="seconds the talk must last to be a success; its default is 0"
    )
    notbefore: Hour | None = Field(
        None, description="hour before which LiraX may not call, two digits; its default is 08"
    )
    notafter: Hour | None = Field(
        None,
        description="hour after which LiraX may not call, two digits, 23 = to midnight; its default is 20",
    )
    vtime: SpokenTime | None = Field(None, description="time an IVR may speak, hh:mm")
    vdate: SpokenDate | None = Field(
        None, description="date an IVR may speak, dd.mm.YYYY or today or tomorrow"
    )
    vmoney: SpokenMoney | None = Field(None, description="sum an IVR may speak, with a dot and two decimals")
