"""What an account's pages say of call history, and of what the three sources told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.moments import utc_text
from campaigns.rules.vocabulary import AccountId
from campaigns.store import drift
from campaigns.store.reconciliation import save_health, trouble_of
from engine.house import House
from tests.builders import NOON, a_campaign, a_recipient, an_account, an_attempt
from tests.web.pages.browsing import Browser, text_of
from web.cli.comparing import tell_report
from web.drift_shown import as_json, drift_shown

pytestmark = pytest.mark.anyio


def compared(attempt_id: int, *, missing: int = 1) -> dict[str, Any]:
    webhooks = {"told": 1, "missing": missing, "examples": [{"attempt": attempt_id}]}
    strangers = {"count": missing, "examples": [{"at": NOON.isoformat(), "what": "a call to 38067***02"}]}
    none = {"count": 0, "examples": []}
    return {
        "calls": 2,
        "open": 0,
        "never_placed": 0,
        "unknown": 0,
        "webhooks": webhooks,
        "events": {"told": 2, "missing": 0, "examples": []},
        "history": {"told": 2, "missing": 0, "examples": [], "configured": True, "trouble": None},
        "late": none,
        "healed": {"count": 1, "examples": [{"attempt": attempt_id}]},
        "orphaned": {"webhooks": none, "history": strangers},
    }


async def test_a_comparison_names_what_was_missing_and_leads_to_the_person(
    house: House, admin: Browser
) -> None:
    def write(connection: Connection) -> None:
        an_account(connection)
        campaign_id = a_campaign(connection)
        attempt_id = an_attempt(
            connection, a_recipient(connection, campaign_id, phone="380671234501"), phone="380671234501"
        )
        since = NOON - timedelta(days=1)
        drift.keep(connection, AccountId(1), made_at=NOON, since=since, until=NOON, body=compared(attempt_id))

    await house.database.write(write)
    assert "Finished webhooks told of 1 of 2; 1 missing." in await admin.see("/accounts/default")
    seen = await admin.see("/accounts/default/comparison")
    for sentence in (
        "1 call had a result only because call history told of it.",
        "No finished webhook came: 1",
        "380671234501 Payment reminder",
        "Outgoing calls in history of no call of ours: 1",
        "a call to 38067***02",
    ):
        assert sentence in seen


async def test_of_many_missing_calls_it_is_said_that_only_the_first_are_shown(
    house: House, admin: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(connection: Connection) -> dict[str, Any]:
        an_account(connection)
        body = compared(an_attempt(connection, a_recipient(connection, a_campaign(connection))), missing=60)
        drift.keep(connection, AccountId(1), made_at=NOON, since=NOON, until=NOON, body=body)
        return body

    body = await house.database.write(write)
    seen = await admin.see("/accounts/default/comparison")
    assert "No finished webhook came: 60; here are the first 1 " in seen
    assert "Outgoing calls in history of no call of ours: 60; here are the first 1 " in seen
    assert "Only call history told of it: 1 " in seen
    shown = await drift_shown(house, made_at=NOON, since=NOON, until=NOON, body=body)
    tell_report({"account": "default", **as_json(shown)})
    lines = capsys.readouterr().out.splitlines()
    for title in (
        "No finished webhook came (the first 1 of 60):",
        "Outgoing calls in history of no call of ours (the first 1 of 60):",
        "Only call history told of it:",
    ):
        assert title in lines


async def test_history_that_cannot_be_believed_is_said_on_the_page(house: House, admin: Browser) -> None:
    assert "Not asked: its address and login are not set." in await admin.see("/accounts/default")

    def write(connection: Connection) -> None:
        save_health(connection, AccountId(1), skew_seconds=90.0)
        trouble_of(connection, AccountId(1), at=NOON, trouble="it answers 503")

    await house.database.write(write)
    assert "it answers 503" in await admin.see("/accounts/default/comparison")


async def test_who_presses_the_button_compares_the_last_day(house: House, admin: Browser) -> None:
    answer = await admin.submit("/accounts/default/comparison/make")
    assert answer.status_code == 303
    assert "0 calls ended in this time" in text_of(await admin.get("/accounts/default/comparison"))


async def test_programs_read_every_time_of_a_comparison_with_a_z(house: House) -> None:
    shown = await drift_shown(house, made_at=NOON, since=NOON, until=NOON, body=compared(7))
    strangers = as_json(shown)["orphaned"]
    assert strangers["history"]["examples"] == [{"at": utc_text(NOON), "what": "a call to 38067***02"}]
    assert strangers["webhooks"] == {"count": 0, "examples": []}
