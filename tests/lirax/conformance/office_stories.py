"""Stories about contacts, tasks, notes, deals, blacklists and directories under any options of LiraX."""

from datetime import datetime, timedelta

from engine.lirax.errors import Unclear
from engine.lirax.requests import (
    AddBlackIp,
    AddBlackPhone,
    CheckContact,
    CreateDeal,
    CreateNote,
    CreateTask,
    DealStatus,
    DelBlackIp,
    DelBlackPhone,
    GetShops,
    GetStages,
    GetUsers,
    GetUserStatuses,
    InitStatuses,
    ListBlackIp,
    ListBlackPhone,
    TaskType,
    UpdateDeal,
)
from engine.lirax.spelling import comparable_ip
from engine.lirax.webhooks import StatusChanged
from tests.lirax.conformance.talk import Talk, story
from tests.lirax.simulator.building import ANNA

KNOWN, STRANGER = "19101234567", "380009998877"
ZEROS, PLAIN = "010.020.000.003", "10.20.0.3"


def wall_clock(talk: Talk, **later: int) -> datetime:
    now = talk.options.wall(talk.clock.now()).replace(tzinfo=None)
    return now + timedelta(**later)


@story("checkContact")
async def a_contact_is_made_and_renamed(talk: Talk) -> None:
    contact = CheckContact(ext="101", ani=ANNA, name="Anna", add_phone=(KNOWN,), emails=("a@a.com",))
    await talk.goes_by_code(contact, 400 if talk.options.checkcontact_name_key == "Name" else 200)
    await talk.client.send(CheckContact(ext="201", ani=ANNA, name="Анна", both_spellings=True))
    kept = talk.directory.contacts[ANNA]
    assert (kept["name"], kept["ext"]) == ("Анна", "201")


@story("createTask")
async def a_task_is_made(talk: Talk) -> None:
    due = wall_clock(talk, hours=1)
    await talk.client.send(CreateTask(ext="101", ani=KNOWN, text="Call back", date=due, type=TaskType.CALL))
    [task] = talk.directory.tasks
    assert (task["text"], task["date"], task["type"]) == ("Call back", f"{due:%Y-%m-%d %H:%M:%S}", "3")


@story("createTask")
async def a_task_of_yesterday_or_in_two_years_is_refused(talk: Talk) -> None:
    for due in (wall_clock(talk, days=-1), wall_clock(talk, days=731)):
        await talk.is_refused(
            CreateTask(ext="101", ani=KNOWN, text="Late", date=due, type=TaskType.FOLLOW_UP)
        )
    assert talk.directory.tasks == []


@story("createTask")
async def a_task_about_a_stranger(talk: Talk) -> None:
    due = wall_clock(talk, hours=1)
    request = CreateTask(ext="101", ani=STRANGER, text="Who", date=due, type=TaskType.MEETING)
    await talk.goes_by_code(request, talk.options.unknown_contact_code)


@story("createNote")
async def a_note_is_written(talk: Talk) -> None:
    await talk.client.send(CreateNote(ext="101", ani=KNOWN, text="Новости & more"))
    assert [note["text"] for note in talk.directory.notes] == ["Новости & more"]


@story("createNote")
async def a_note_about_a_stranger(talk: Talk) -> None:
    request = CreateNote(ext="101", ani=STRANGER, text="Who")
    await talk.goes_by_code(request, talk.options.unknown_contact_code)


@story("createDeal")
async def a_deal_is_opened(talk: Talk) -> None:
    created = await talk.client.send(CreateDeal(ext="101", ani=KNOWN, name="Debt", sum=3030, stage=1))
    assert talk.directory.deals[int(created.id_deal)]["sum"] == "3030"


@story("createDeal")
async def a_deal_with_a_stranger_or_at_no_stage(talk: Talk) -> None:
    await talk.is_refused(CreateDeal(ext="101", ani=KNOWN, name="Debt", sum=1, stage=9999))
    stranger = CreateDeal(ext="101", ani=STRANGER, name="Debt", sum=1, stage=1)
    if talk.options.unknown_contact_code == 400:
        await talk.is_refused(stranger)
    else:  # a 200 without the promised id leaves open whether there is a deal now
        assert isinstance(await talk.refusal_of(stranger), Unclear)


@story("updateDeal")
async def a_deal_is_won_and_nothing_more_changes(talk: Talk) -> None:
    request = UpdateDeal(
        ext="101", ani=KNOWN, id_deal="1910", name="Debt", sum=3030, stage=2, status=DealStatus.WON
    )
    await talk.client.send(request)
    assert talk.directory.deals[1910]["status"] == "1"
    await talk.goes_by_code(request, talk.options.updatedeal_noop_code)


@story("updateDeal")
async def a_deal_that_there_is_not(talk: Talk) -> None:
    request = UpdateDeal(
        ext="101", ani=KNOWN, id_deal="777", name="Debt", sum=1, stage=1, status=DealStatus.ACTIVE
    )
    await talk.goes_by_code(request, talk.options.unknown_contact_code)


@story("addBlackPhone")
async def a_number_is_put_on_the_blacklist_twice(talk: Talk) -> None:
    await talk.client.send(AddBlackPhone(phone=ANNA))
    await talk.goes_by_code(AddBlackPhone(phone=ANNA), talk.options.blacklist_duplicate_code)
    assert talk.directory.black_phones.count(ANNA) == 1


@story("listBlackPhone")
async def the_blacklist_of_numbers_is_read(talk: Talk) -> None:
    listed = (await talk.client.send(ListBlackPhone(phone=ANNA))).blacklist
    assert listed == ["100111000101", "100111000102"]
    await talk.goes_by_code(ListBlackPhone(), 400 if talk.options.require_list_phone else 200)


@story("delBlackPhone")
async def a_number_is_taken_off_the_blacklist_twice(talk: Talk) -> None:
    await talk.client.send(DelBlackPhone(phone="100111000101"))
    assert talk.directory.black_phones == ["100111000102"]
    await talk.goes_by_code(DelBlackPhone(phone="100111000101"), talk.options.blacklist_missing_code)


@story("addBlackIP")
async def an_address_is_put_on_the_blacklist_twice(talk: Talk) -> None:
    await talk.goes_by_code(AddBlackIp(ip=ZEROS), 400 if talk.options.ip_leading_zeros == "reject" else 200)
    if talk.options.ip_leading_zeros == "reject":
        await talk.client.send(AddBlackIp(ip=PLAIN))
    again = PLAIN if talk.options.ip_leading_zeros == "reject" else ZEROS
    await talk.goes_by_code(AddBlackIp(ip=again), talk.options.blacklist_duplicate_code)


@story("listBlackIP")
async def an_address_is_found_on_the_blacklist_however_it_is_written(talk: Talk) -> None:
    written = PLAIN if talk.options.ip_leading_zeros == "reject" else ZEROS
    await talk.client.send(AddBlackIp(ip=written))
    listed = (await talk.client.send(ListBlackIp(phone=ANNA))).blacklist
    assert PLAIN in {comparable_ip(address) for address in listed}
    await talk.goes_by_code(ListBlackIp(), 400 if talk.options.require_list_phone else 200)


@story("delBlackIP")
async def an_address_is_taken_off_the_blacklist_twice(talk: Talk) -> None:
    await talk.client.send(DelBlackIp(ip="100.111.000.101"))
    assert talk.directory.black_ips == []
    await talk.goes_by_code(DelBlackIp(ip="100.111.000.101"), talk.options.blacklist_missing_code)


@story("getStages")
async def the_stages_are_read(talk: Talk) -> None:
    stages = (await talk.client.send(GetStages())).stages
    assert [(each.stage, each.title) for each in stages] == [(1, "New"), (2, "Won")]


@story("getShops")
async def the_shops_are_read(talk: Talk) -> None:
    assert [(each.id, each.name) for each in (await talk.client.send(GetShops())).shops] == [(7, "Main")]


@story("getUserStatuses")
async def the_statuses_are_read(talk: Talk) -> None:
    statuses = (await talk.client.send(GetUserStatuses())).statuses
    assert [(each.status, each.title) for each in statuses] == [(1, "Free"), (5, "Lunch")]


@story("getUsers")
async def the_employees_are_read(talk: Talk) -> None:
    talk.directory.users.append({"id": 17, "Name": "Ivan", "ext": "", "active": "0"})
    users = (await talk.client.send(GetUsers())).users
    assert [(each.id, each.name, each.ext, each.active) for each in users] == [
        (15, "Dima", "101", True),
        (16, "Olga", "201", True),
        (17, "Ivan", None, False),
    ]


@story("initStatuses")
async def the_presence_of_everybody_is_told(talk: Talk) -> None:
    talk.directory.presence["201"] = 0
    await talk.client.send(InitStatuses())
    await talk.play()
    told = {(change.ext, change.status) for change in talk.told_at_least_once(StatusChanged)}
    everybody = talk.options.initstatuses_scope == "all_users"
    expected = {("101", 1), ("201", 0)} if everybody else {("101", 1)}
    assert told == expected or (told < expected and talk.options.webhook_faults == "drop")


OFFICE_STORIES = (
    a_contact_is_made_and_renamed,
    a_task_is_made,
    a_task_of_yesterday_or_in_two_years_is_refused,
    a_task_about_a_stranger,
    a_note_is_written,
    a_note_about_a_stranger,
    a_deal_is_opened,
    a_deal_with_a_stranger_or_at_no_stage,
    a_deal_is_won_and_nothing_more_changes,
    a_deal_that_there_is_not,
    a_number_is_put_on_the_blacklist_twice,
    the_blacklist_of_numbers_is_read,
    a_number_is_taken_off_the_blacklist_twice,
    an_address_is_put_on_the_blacklist_twice,
    an_address_is_found_on_the_blacklist_however_it_is_written,
    an_address_is_taken_off_the_blacklist_twice,
    the_stages_are_read,
    the_shops_are_read,
    the_statuses_are_read,
    the_employees_are_read,
    the_presence_of_everybody_is_told,
)
