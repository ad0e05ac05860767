"""A campaign out of uploaded files: all problems at once, nobody called before it is started."""

import asyncio
import json
import struct
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from engine.house import House
from tests.builders import a_campaign
from tests.web.pages.browsing import Browser, text_of
from web.pages.desk import Desk
from web.pages.imports import Import

pytestmark = pytest.mark.anyio

DEFINITION = """
name: Нагадування
from: "101"
call: {connect: "5001"}
recipients: debtors.csv
"""
LIST = "phone,name\n0671234567,Олена\n+38 (067) 123-45-67,Олена вдруге\n0501112233,Тарас\n12,Ірина\n".encode()


async def imported(house: House, desk: Desk, campaign: int) -> Import:
    """The import of that campaign once it has ended."""
    bell = house.bells.changes.subscribe()
    async with asyncio.timeout(20):
        while True:
            entry = desk.imports.find(CampaignId(campaign))
            assert entry is not None
            if not entry.running:
                return entry
            await bell.wait()
            bell.clear()


async def upload(
    admin: Browser, definition: str = DEFINITION, *, name: str = "c.yaml", **files: tuple[str, bytes]
) -> int:
    """The id of the campaign that was made."""
    response = await admin.upload("/campaigns", definition=(name, definition.encode()), **files)
    assert response.status_code == 303, text_of(response)
    return int(response.headers["location"].rpartition("/")[2])


async def test_a_definition_and_a_list_become_a_draft_that_shows_what_was_read(
    house: House, desk: Desk, admin: Browser
) -> None:
    campaign = await upload(admin, list=("debtors.csv", LIST))
    await imported(house, desk, campaign)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "Нагадування draft" in seen
    assert "2 people taken in, 1 duplicate left out, 1 row rejected." in seen
    assert "5 12 " in seen.partition("Rejected rows")[2]
    assert "380671234567 Олена pending The campaign is not started." in seen
    assert "Start" in seen


async def test_all_rejected_rows_can_be_taken_away(house: House, desk: Desk, admin: Browser) -> None:
    campaign = await upload(admin, list=("debtors.csv", LIST))
    await imported(house, desk, campaign)
    response = await admin.get(f"/campaigns/{campaign}/rejected.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "12" in response.text
    assert "Ірина" in response.text
    assert "Тарас" not in response.text


async def test_every_problem_of_a_definition_is_told_at_once_with_its_line(
    house: House, admin: Browser
) -> None:
    wrong = 'name: X\nfrom: "1"\ncall: {connect: "1"}\nretry:\n  attemps: 3\nwindow:\n  hours: "20:00-9"\n'
    response = await admin.upload("/campaigns", definition=("wrong.yaml", wrong.encode()))
    assert response.status_code == 422
    seen = text_of(response)
    assert "2 things need mending" in seen
    assert "wrong.yaml line 5 retry.attemps" in seen
    assert "wrong.yaml line 7 window.hours" in seen
    assert "No campaign yet" in await admin.see("/campaigns")


async def test_a_list_named_otherwise_than_the_definition_says_is_taken_all_the_same(
    house: House, desk: Desk, admin: Browser
) -> None:
    campaign = await upload(admin, list=("Боржники (1).csv", LIST))
    entry = await imported(house, desk, campaign)
    assert entry.result is not None
    assert entry.result.accepted == 2


async def test_a_definition_whose_list_is_missing_says_so(admin: Browser) -> None:
    response = await admin.upload("/campaigns", definition=("c.yaml", DEFINITION.encode()))
    assert response.status_code == 422
    assert "recipients" in text_of(response)
    assert "There is no file “debtors.csv” beside the definition; upload it as well." in text_of(response)


async def test_json_with_its_people_inside_needs_no_list(admin: Browser) -> None:
    people = [{"phone": "0671234567", "name": "Олена"}]
    definition = {"name": "J", "from": "101", "call": {"connect": "5001"}, "recipients": people}
    campaign = await upload(admin, json.dumps(definition), name="c.json")
    assert "380671234567 Олена pending" in await admin.see(f"/campaigns/{campaign}")


async def test_a_sound_file_is_hosted_for_the_campaign(house: House, admin: Browser) -> None:
    samples = b"\x00\x00" * 8000
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", len(samples),
    )  # fmt: skip
    definition = 'name: S\nfrom: "101"\ncall: {play: hello.wav}\n'
    campaign = await upload(admin, definition, audio=("hello.wav", header + samples))
    kept = await house.database.read(
        lambda c: c.exec_driver_sql(f"SELECT length(body) FROM audio WHERE campaign_id = {campaign}").scalar()
    )
    assert kept == len(header) + len(samples)


async def test_a_taken_name_is_told(house: House, admin: Browser) -> None:
    await house.database.write(lambda c: a_campaign(c, name="Нагадування"))
    response = await admin.upload(
        "/campaigns", definition=("c.yaml", DEFINITION.encode()), list=("debtors.csv", LIST)
    )
    assert response.status_code == 409
    assert "There is a campaign named 'Нагадування' already" in text_of(response)


async def test_a_list_without_a_phone_leaves_a_draft_that_says_what_is_wrong(
    house: House, desk: Desk, admin: Browser
) -> None:
    campaign = await upload(admin, list=("debtors.csv", b"name,city\nOlena,Kyiv\n"))
    entry = await imported(house, desk, campaign)
    assert entry.trouble
    seen = await admin.see(f"/campaigns/{campaign}")
    assert entry.trouble in seen
    assert "Upload the list" in seen


async def test_people_are_added_to_a_campaign_that_is_there(house: House, desk: Desk, admin: Browser) -> None:
    campaign = await house.database.write(a_campaign)
    response = await admin.upload(f"/campaigns/{campaign}/list", list=("more.csv", LIST))
    assert (response.status_code, response.headers["location"]) == (303, f"/campaigns/{campaign}")
    await imported(house, desk, campaign)
    assert "2 people taken in" in await admin.see(f"/campaigns/{campaign}")


async def test_a_row_with_a_remark_is_taken_in_and_shown(house: House, desk: Desk, admin: Browser) -> None:
    asking = f"{DEFINITION}consent: {{given: '{{{{ day }}}}', source: Form}}\n"
    people = "phone,name,day\n0671234567,Олена,так\n0501112233,Тарас,2026-01-31\n".encode()
    campaign = await upload(admin, asking, list=("debtors.csv", people))
    await imported(house, desk, campaign)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "2 people taken in, 0 duplicates left out, 0 rows rejected." in seen
    remarks = seen.partition("Rows with a remark: they were taken in")[2]
    assert "2 380671234567 no consent is recorded: “так” is not a date" in remarks
    assert "3 380501112233" not in remarks.partition("People")[0]


async def test_the_examples_that_the_form_offers_make_a_campaign(
    house: House, desk: Desk, admin: Browser
) -> None:
    form = (await admin.get("/campaigns/new")).text
    offered = {}
    for name in ("campaign.yaml", "people.csv"):
        address = form.partition(f"/static/examples/{name}")[2].partition('"')[0]
        offered[name] = (await admin.get(f"/static/examples/{name}{address}")).content
    campaign = await upload(
        admin, offered["campaign.yaml"].decode(), list=("people.csv", offered["people.csv"])
    )
    entry = await imported(house, desk, campaign)
    assert entry.result is not None
    assert (entry.result.accepted, entry.result.rejected_count) == (3, 0)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Choose the file with the campaign's definition"),
        ({"definition": ("c.txt", b"name: x")}, "A definition is a .yaml or .json file"),
    ],
)
async def test_a_form_without_a_definition_says_what_is_missing(
    admin: Browser, files: dict[str, tuple[str, bytes]], said: str
) -> None:
    response = await admin.upload("/campaigns", **files)
    assert response.status_code == 422
    assert said in text_of(response)


async def test_no_file_stays_behind(
    desk: Desk, admin: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    await admin.upload("/campaigns", definition=("c.yaml", b"name: ["), list=("debtors.csv", LIST))
    assert list(folder.iterdir()) == []
    await upload(admin, list=("debtors.csv", LIST))
    await desk.imports.close()
    assert list(folder.iterdir()) == []
