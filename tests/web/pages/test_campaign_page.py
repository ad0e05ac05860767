"""The page of a campaign: what it promises, one test a promise."""

from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AttemptState, CampaignId, CampaignState, RecipientState
from engine.house import House
from tests.builders import NOON, a_campaign, a_recipient, an_attempt, recount, table
from tests.web.pages.browsing import Browser, text_of

pytestmark = pytest.mark.anyio


async def some_people(house: House, state: CampaignState = CampaignState.RUNNING) -> CampaignId:
    """Olena pressed 1, Taras was busy, Iryna is being called, Bohdan waits for his first call."""

    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection, name="Листопад", state=state)
        olena = a_recipient(
            connection,
            campaign,
            phone="380671111111",
            external_id="INV-1",
            state=RecipientState.DONE,
            outcome="promised",
            attempts=1,
            calls=1,
            last_result="answered_full",
            keys=[{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}],
            data={"name": "Олена Шевченко"},
        )
        an_attempt(connection, olena, keys=[{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}])
        taras = a_recipient(
            connection,
            campaign,
            phone="380672222222",
            state=RecipientState.WAITING,
            attempts=1,
            calls=1,
            last_result="busy",
            wait_reason="retry",
            due_at=NOON + timedelta(hours=20),
            data={"ПІБ": "Тарас Бондар"},
        )
        an_attempt(connection, taras, result="busy", claimed_at=NOON - timedelta(minutes=3))
        iryna = a_recipient(
            connection, campaign, phone="380673333333", state=RecipientState.CALLING, attempts=1, calls=1
        )
        an_attempt(connection, iryna, state=AttemptState.PLACED, claimed_at=NOON + timedelta(seconds=5))
        a_recipient(connection, campaign, phone="380684444444")
        recount(connection, campaign)
        return campaign

    return await house.database.write(write)


async def test_it_says_its_state_and_how_far_it_is(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "Листопад running" in seen
    assert "1 of 4 people finished" in seen
    assert "25 %" in seen
    assert "Calling now: 1 call is open." in seen
    assert "calls placed 3" in seen
    assert "call answered 33 % of those placed 1" in seen


async def test_the_reason_why_it_is_not_calling_stands_at_the_top(house: House, admin: Browser) -> None:
    campaign = await some_people(house, CampaignState.PAUSED)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "Paused; resume it to go on calling." in seen
    assert seen.index("Paused; resume") < seen.index("Progress")


async def test_each_person_has_a_state_a_reason_and_the_keys_pressed(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "380671111111 Олена Шевченко INV-1 done Done with the outcome “promised”. promised 1 1" in seen
    assert "380672222222 Тарас Бондар waiting To be called again after busy" in seen
    assert "380673333333 calling It is being called now." in seen


async def test_people_are_filtered_by_state_and_the_filter_shows_its_number(
    house: House, admin: Browser
) -> None:
    campaign = await some_people(house)
    page = await admin.get(f"/campaigns/{campaign}?state=waiting")
    people = page.text.partition('id="campaign-people"')[2]
    assert "380672222222" in people
    assert "380671111111" not in people
    assert "waiting <b>1</b>" in people


async def test_people_are_found_by_the_beginning_of_phone_or_external_id(
    house: House, admin: Browser
) -> None:
    campaign = await some_people(house)
    for wanted, found in (("38068", "380684444444"), ("068", "380684444444"), ("INV-1", "380671111111")):
        page = await admin.get(f"/campaigns/{campaign}", params={"q": wanted})
        people = page.text.partition('id="campaign-people"')[2]
        assert found in people, wanted
        assert people.count('data-key="person-') == 1, wanted


async def test_a_search_that_finds_nobody_says_so_and_leads_back(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    seen = await admin.see(f"/campaigns/{campaign}?q=555&state=done")
    assert "Nobody's phone or external id begins with “555” among the done. Show everybody" in seen


async def test_people_come_page_by_page(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection)
        for _ in range(30):
            a_recipient(connection, campaign)
        recount(connection, campaign)
        return campaign

    campaign = await house.database.write(write)
    first = await admin.get(f"/campaigns/{campaign}")
    assert first.text.count('data-key="person-') == 25
    link = first.text.partition("?after=")[2].partition('"')[0]
    second = await admin.get(f"/campaigns/{campaign}?after={link}")
    assert second.text.count('data-key="person-') == 5
    assert "First page" in second.text


async def test_the_last_calls_are_listed_newest_first(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    page = await admin.get(f"/campaigns/{campaign}")
    calls = page.text.partition('id="last-calls"')[2].partition("</section>")[0]
    places = [calls.index(phone) for phone in ("380673333333", "380671111111", "380672222222")]
    assert places == sorted(places)


async def test_times_are_those_of_the_campaign_and_utc_is_in_the_title(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    page = await admin.get(f"/campaigns/{campaign}")
    called = '<time datetime="2026-12-01T12:00:00Z" title="2026-12-01 12:00:00 UTC">14:00:00</time>'
    due = '<time datetime="2026-12-02T08:00:00Z" title="2026-12-02 08:00:00 UTC">Wed 2 Dec 10:00</time>'
    assert called in page.text
    assert due in page.text
    assert "times are Europe/Kyiv" in text_of(page)


async def test_it_tells_in_words_what_the_campaign_does(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "From 101; is joined with 5001; listened means at least" in seen
    assert "Every day 09:00–20:00, Europe/Kyiv." in seen
    assert "One call a person." in seen


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (CampaignState.DRAFT, ["start"]),
        (CampaignState.SCHEDULED, ["pause"]),
        (CampaignState.RUNNING, ["pause"]),
        (CampaignState.PAUSING, ["resume"]),
        (CampaignState.PAUSED, ["resume"]),
        (CampaignState.FINISHED, []),
        (CampaignState.CANCELLED, []),
    ],
)
async def test_only_what_the_state_allows_is_offered(
    house: House, admin: Browser, viewer: Browser, state: CampaignState, buttons: list[str]
) -> None:
    campaign = await house.database.write(lambda c: a_campaign(c, state=state))
    page = (await admin.get(f"/campaigns/{campaign}")).text
    offered = [
        action for action in ("start", "pause", "resume") if f'type="submit" form="{action}-form"' in page
    ]
    assert offered == buttons
    ended = state in (CampaignState.FINISHED, CampaignState.CANCELLED)
    assert ('popovertarget="ask-cancel" data-key="cancel"' in page) is not ended
    assert "-form" not in (await viewer.get(f"/campaigns/{campaign}")).text


async def test_start_pause_and_resume_do_what_they_say(house: House, admin: Browser) -> None:
    campaign = await some_people(house, CampaignState.DRAFT)
    for action, state in (("start", "running"), ("pause", "pausing"), ("resume", "running")):
        response = await admin.submit(f"/campaigns/{campaign}/{action}")
        assert (response.status_code, response.headers["location"]) == (303, f"/campaigns/{campaign}")
        assert f"Листопад {state}" in await admin.see(f"/campaigns/{campaign}")


async def test_cancel_calls_off_who_is_not_called_yet(house: House, admin: Browser) -> None:
    campaign = await some_people(house)
    response = await admin.submit(f"/campaigns/{campaign}/cancel")
    assert response.status_code == 303
    seen = await admin.see(f"/campaigns/{campaign}")
    assert "Листопад cancelled" in seen
    assert "380684444444 cancelled" in seen


async def test_what_the_state_forbids_is_refused_with_the_reason_on_the_page(
    house: House, admin: Browser
) -> None:
    campaign = await some_people(house)
    response = await admin.submit(f"/campaigns/{campaign}/resume")
    assert response.status_code == 409
    assert "is running and cannot be resumed." in text_of(response)
    assert "Листопад running" in text_of(response)


async def test_a_campaign_of_more_than_ten_thousand_people_is_started_when_asked_twice(
    house: House, admin: Browser
) -> None:
    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection, state=CampaignState.DRAFT)
        row = {"campaign_id": campaign, "kind": "state", "word": "pending", "count": 10_001}
        connection.execute(table("tally").insert().values(row))
        return campaign

    campaign = await house.database.write(write)
    asked = await admin.submit(f"/campaigns/{campaign}/start")
    assert asked.status_code == 200
    assert "10,001 people will be called" in text_of(asked)
    assert "draft" in await admin.see(f"/campaigns/{campaign}")
    assert (await admin.submit(f"/campaigns/{campaign}/start", confirm="yes")).status_code == 303
    assert "running" in await admin.see(f"/campaigns/{campaign}")


async def test_results_come_as_files_named_after_the_campaign(house: House, viewer: Browser) -> None:
    campaign = await some_people(house)
    results = await viewer.get(f"/campaigns/{campaign}/results.csv")
    assert results.headers["content-type"] == "text/csv; charset=utf-8"
    assert results.headers["content-disposition"].endswith(
        "filename*=UTF-8''%D0%9B%D0%B8%D1%81%D1%82%D0%BE%D0%BF%D0%B0%D0%B4%20results.csv"
    )
    lines = results.text.splitlines()
    assert lines[0].startswith("phone,external_id,state,outcome,attempts,last_result,keys")
    assert lines[1].startswith("380671111111,INV-1,done,promised,1,answered_full,1,")
    assert len(lines) == 5
    calls = await viewer.get(f"/campaigns/{campaign}/attempts.csv")
    assert len(calls.text.splitlines()) == 4


async def test_results_come_as_a_workbook_that_leaves_no_file_behind(
    house: House, viewer: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await some_people(house)
    folder = tmp_path / "downloads"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    response = await viewer.get(f"/campaigns/{campaign}/results.xlsx")
    assert response.headers["content-disposition"].endswith("results.xlsx")
    (tmp_path / "got.xlsx").write_bytes(response.content)
    rows = CalamineWorkbook.from_path(tmp_path / "got.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["phone", "external_id", "state", "outcome"]
    assert rows[1][:4] == ["380671111111", "INV-1", "done", "promised"]
    assert len(rows) == 5
    assert list(folder.iterdir()) == []


async def test_no_name_of_a_campaign_breaks_the_header_of_a_download(house: House, admin: Browser) -> None:
    name = 'A"; filename=evil.exe; X-Evil: 1 /../ \\ Ї'
    campaign = await house.database.write(lambda c: a_campaign(c, name=name))
    response = await admin.get(f"/campaigns/{campaign}/results.csv")
    told = response.headers["content-disposition"]
    assert told.startswith('attachment; filename="A-filename-evil.exe-X-Evil-1')
    assert told.count('"') == 2


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">{{7*7}}'


async def test_whatever_a_list_holds_is_shown_as_text(house: House, admin: Browser) -> None:
    def write(connection: Connection) -> CampaignId:
        campaign = a_campaign(connection, name=f"Campaign {HOSTILE}")
        keys = [{"ivr_name": HOSTILE, "ivr_entry": "0", "key": HOSTILE}]
        more = {"outcome": HOSTILE, "attempts": 1, "calls": 1, "keys": keys}
        person = a_recipient(
            connection,
            campaign,
            state=RecipientState.DONE,
            external_id=HOSTILE,
            data={"name": HOSTILE, HOSTILE: HOSTILE},
            **more,
        )
        an_attempt(connection, person, keys=keys)
        recount(connection, campaign)
        return campaign

    campaign = await house.database.write(write)
    for path in ("/", "/campaigns", f"/campaigns/{campaign}", f"/campaigns/{campaign}?q={HOSTILE}"):
        page = await admin.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;" in page.text
        assert "{{7*7}}" in page.text
