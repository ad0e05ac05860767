"""What the campaign itself asks of its list: columns, hours, zones, and that it is not over."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns, consents
from engine.commands.campaigns import cancel
from engine.commands.consents import withdraw_consent
from engine.commands.importing import ImportProgress, add_recipients
from engine.errors import Conflict, NotFound
from tests.engine.office import NOW, an_office, big_list, sqlite_in
from tests.lists.writing_lists import text_list

pytestmark = pytest.mark.anyio


async def test_variables_are_checked_and_put_into_lirax_form_at_import(
    database_url: str, tmp_path: Path
) -> None:
    more = """
    call:
      play: https://files.example.com/hello.mp3
      variables: {money: "{{ сума }}", date: "{{ due }}", time: "12:30"}
    """
    async with an_office(database_url, more) as office:
        rows = (
            "067 1234567;1 250,5;2026-12-05\n0501234567;багато;today\n0631234567;;today\n0731234567;5;today\n"
        )
        result = await office.put_in(text_list(tmp_path, f"phone;сума;due\n{rows}"))
        assert [person.variables for person in await office.people()] == [
            {"money": "1250.50", "date": "05.12.2026", "time": "12:30"},
            {"money": "5.00", "date": "today", "time": "12:30"},
        ]
        assert [(bad.row, bad.reason.split(":")[0]) for bad in result.rejected] == [
            (3, "call.variables.money"),
            (4, "the column “сума” is empty, and call.variables.money needs it"),
        ]


async def test_a_list_that_lacks_a_column_of_a_text_is_wrong_input(tmp_path: Path) -> None:
    more = """
    sms: {modem: "380671234567", ext: "101"}
    rules:
      - when: {key: "1"}
        sms: "Дякуємо, {{ name }}! {{ city | default('Київ') }}"
    """
    async with an_office(sqlite_in(tmp_path), more) as office:
        with pytest.raises(
            WrongInput, match=r"no column “name”, which rules\.0\.sms uses; it has: phone, amount"
        ):
            await office.put_in(text_list(tmp_path, "phone;amount\n0671234567;5\n"))
        assert await office.people() == []


async def test_the_recipients_own_zone_decides_when_they_are_due(tmp_path: Path) -> None:
    more = 'window: {hours: "09:00-20:00", timezone: recipient}'
    async with an_office(sqlite_in(tmp_path), more) as office:
        rows = "0671234567;\n+1 202 555 0123;\n+48601234567;Europe/Kyiv\n+870 773 123 456;\n0501234567;Mars\n"
        result = await office.put_in(text_list(tmp_path, f"phone;timezone\n{rows}"))
        kyiv, washington, moved = await office.people()
        assert (kyiv.zones, kyiv.due_at) == ("Europe/Kyiv", NOW)
        assert (washington.zones, washington.due_at) == (
            "America/New_York",
            datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
        )
        assert (moved.zones, moved.due_at) == ("Europe/Kyiv", NOW)
        assert [bad.row for bad in result.rejected] == [5, 6]
        assert "“Mars” is not a time zone" in result.rejected[1].reason


async def test_nobody_is_due_before_the_campaign_starts(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path), "start: 2026-12-03 07:30") as office:
        await office.put_in(text_list(tmp_path, "phone\n0671234567\n"))
        [person] = await office.people()
        assert person.due_at == datetime(2026, 12, 3, 6, 0, tzinfo=UTC)  # the window opens at 08:00 in Kyiv


async def test_who_has_no_permitted_moment_left_is_expired_at_once(database_url: str, tmp_path: Path) -> None:
    more = """
    window: {hours: "09:00-20:00", timezone: recipient}
    end: 2026-12-01 12:00
    """
    async with an_office(database_url, more) as office:
        result = await office.put_in(text_list(tmp_path, "phone\n+12025550123\n0671234567\n"))
        assert result.accepted == 2
        assert {person.phone: (person.state, person.outcome) for person in await office.people()} == {
            "380671234567": ("pending", None),
            "12025550123": ("expired", "expired"),
        }
        assert await office.counts() == {"pending": 1, "expired": 1}
        assert await office.counts(campaigns.OUTCOME) == {"expired": 1}


async def test_the_column_named_by_the_definition_is_called(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path), "phone_column: work") as office:
        await office.put_in(text_list(tmp_path, "phone;work\n0671234567;0501234567\n"))
        assert [person.phone for person in await office.people()] == ["380501234567"]
        await office.put_in(text_list(tmp_path, "phone;home\n0671234567;0631234567\n"), phone_column="home")
        assert [person.phone for person in await office.people()] == ["380501234567", "380631234567"]


async def test_a_campaign_that_is_over_takes_nobody(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        await cancel(office.house, office.campaign_id)
        with pytest.raises(Conflict, match="cancelled"):
            await office.put_in(text_list(tmp_path, "phone\n0671234567\n"))
        with pytest.raises(Conflict, match="cancelled"):
            await add_recipients(office.house, office.campaign_id, rows=[{"phone": "0671234567"}])
        with pytest.raises(NotFound):
            await add_recipients(office.house, CampaignId(999), rows=[{"phone": "0671234567"}])


async def test_a_campaign_cancelled_during_the_import_takes_no_more(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        source = big_list(tmp_path, 4_000)
        told: list[ImportProgress] = []

        class Cancelled(Exception):
            """Stops the import as a person would see it stopped."""

        def stop(progress: ImportProgress) -> None:
            told.append(progress)
            if len(told) == 2:
                raise Cancelled

        with pytest.raises(Cancelled):
            await office.put_in(source, progress=stop)
        await cancel(office.house, office.campaign_id)
        with pytest.raises(Conflict):
            await office.put_in(source)
        assert len(await office.people()) == told[-1].accepted


async def test_a_list_brings_the_consent_of_its_people(database_url: str, tmp_path: Path) -> None:
    more = """
    profile: ua-marketing
    window: {hours: "09:00-20:00"}
    consent: {given: "{{ agreed }}", source: "Form on example.com"}
    """
    async with an_office(database_url, more) as office:
        await withdraw_consent(office.house, "380631234567", source="a letter")
        rows = "0671234567;2026-01-31\n0501234567;\n0631234567;2026-01-31\n067 123 45 67;2026-03-01\n"
        result = await office.put_in(text_list(tmp_path, f"phone;agreed\n{rows}"))
        assert (result.accepted, result.duplicates) == (3, 1)
        phones = ["380671234567", "380501234567", "380631234567"]
        found = await office.house.database.read(partial(consents.among, phones=phones, now=NOW))
        assert found == {"380671234567"}
        entry = await office.house.database.read(partial(consents.get, phone="380671234567"))
        assert entry is not None
        assert f"{entry.given_at:%Y-%m-%d}" == "2026-02-28"  # the later of the two: 1 March in Kyiv
