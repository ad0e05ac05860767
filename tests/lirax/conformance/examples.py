"""The printed example of every command, as the request of ours that says the same."""

from datetime import datetime
from typing import Any

from engine.lirax.requests import (
    GROUPS,
    AddBlackIp,
    AddBlackPhone,
    CheckContact,
    CheckSms,
    CreateDeal,
    CreateNote,
    CreateTask,
    DealStatus,
    DelBlackIp,
    DelBlackPhone,
    KillCall,
    ListBlackIp,
    ListBlackPhone,
    MakeCall,
    MakeTwoCalls,
    Request,
    SendMsg,
    SendSms,
    TaskType,
    UpdateDeal,
)

ANI, IP, PHONE, MODEM = "19101234567", "100.111.000.101", "100111000101", "380123456789"
FURTHER = ("380123456789", "380234567890", "380112345678")
DUE = datetime.fromisoformat("2026-02-01 17:00:01")

WITH_VALUES: tuple[Request[Any], ...] = (
    MakeCall(from_ext="101", to=ANI),
    KillCall(call_id="101234234234s3"),
    MakeTwoCalls(
        from_ext="101",
        to1="19101234561",
        to2=ANI,
        timeout=60,
        successtime=30,
        notbefore="18",
        notafter="21",
    ),
    CheckContact(ext="101", ani=ANI, name="Dima", add_phone=FURTHER, emails=("a@a.com", "b@b.com")),
    CreateTask(ext="101", ani=ANI, text="Да", date=DUE, type=TaskType.FOLLOW_UP),
    CreateNote(ext="101", ani=ANI, text="Новости"),
    CreateDeal(ext="101", ani=ANI, name="Да", sum=3030, stage=1),
    UpdateDeal(ext="101", ani=ANI, id_deal="1910", name="Да", sum=3030, stage=2, status=DealStatus.ACTIVE),
    AddBlackPhone(phone=PHONE),
    DelBlackPhone(phone=PHONE),
    AddBlackIp(ip=IP),
    DelBlackIp(ip=IP),
    SendMsg(ext="101", ani=ANI, text="Да"),
    SendSms(ext="101", provider=MODEM, phone=ANI, text="Да"),
    CheckSms(ext="101", provider=MODEM, id_sms="1910123"),
)
FURTHER_EXAMPLES: list[dict[str, Any]] = [
    {
        "title": "play an audio file",
        "request": MakeTwoCalls(
            from_ext="201",
            to1=ANI,
            to2="https://www.test.mp3/tttt.mp3",
            timeout=60,
            successtime=30,
            notbefore="18",
            notafter="21",
        ),
    },
    {
        "title": "IVR variables",
        "request": MakeTwoCalls(
            from_ext="201", to1=ANI, to2="5000", vtime="09:30", vdate="tomorrow", vmoney="1250.00"
        ),
    },
]
KINDS = {kind.cmd: kind for group in GROUPS.values() for kind in group}


def example_of(command: str) -> Request[Any]:
    """The request of the printed example; those without values need none."""
    given = {request.cmd: request for request in WITH_VALUES}
    return given[command] if command in given else KINDS[command]()


def _whole(command: str) -> Request[Any]:
    example = example_of(command)
    match command:
        case "makeCall":
            return MakeCall(from_ext="101", to=ANI, idshop=7)
        case "make2Calls":
            return example.model_copy(update={"vtime": "09:30", "vdate": "01.02.2026", "vmoney": "1250.00"})
        case "listBlackPhone":
            return ListBlackPhone(phone=PHONE)
        case "listBlackIP":
            return ListBlackIp(phone=PHONE)
        case _:
            return example


WITH_EVERY_PARAMETER = {command: _whole(command) for command in KINDS}
