"""Compliance profiles at the moment of sending: hours by the law of that day, consent, messages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.problems import WrongInput
from campaigns.profiles import legal_hours, profile_named
from campaigns.rules.consents import Consent
from campaigns.rules.policy import Policy
from campaigns.rules.profiles import Profile
from campaigns.rules.vocabulary import AccountId, CampaignId
from campaigns.rules.windows import Hours
from campaigns.store import campaigns, consents
from engine.apply.campaigns import transaction
from engine.apply.change import policy_for
from engine.apply.claiming import Claims, claim
from engine.commands.campaigns import start
from engine.commands.consents import record_consent, withdraw_consent
from engine.commands.suppressing import suppress, unsuppress
from engine.fences import Fence
from engine.passes.placing import Placer
from tests.scenarios.people import AWAY, LISTENS, NEW_YORKER, OLENA, TARAS, number, presses
from tests.world import World, a_world, kyiv

pytestmark = pytest.mark.anyio

MODEM = 'sms: {modem: "380671112233", ext: "102"}'


def under(profile: str, more: str = "") -> str:
    """A campaign that names nothing but its profile: hours, days and zone are the profile's."""
    return f"profile: {profile}\nwindow: {{}}\n{more}"


def agreed(phone: str, *, on: str = "2026-11-01") -> Mapping[str, Any]:
    return {"phone": phone, "agreed": on}


AGREED = 'consent: {given: "{{ agreed }}", source: "Form on example.com"}'


async def agrees(world: World, phone: str, *, at: datetime | None = None) -> bool:
    return await record_consent(world.house, Consent(phone, "contract 17", at or world.now))


async def reason_of(world: World, campaign: CampaignId, phone: str) -> str | None:
    return (await world.people(campaign))[phone].wait_reason


async def test_debtors_are_called_on_workdays_from_nine_to_eight(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-24 19:59:30") as world:  # too late for today
        world.script(OLENA, LISTENS)
        await world.campaign(under("ua-debt"), people=[OLENA])
        await world.until("2026-12-30 12:00")
        # Friday is Christmas, then the weekend
        assert world.ring_times(OLENA) == ["2026-12-28 09:00:00"]


async def test_the_law_goes_by_the_clock_of_the_person(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 06:00") as world:
        world.script(OLENA, LISTENS)
        world.script(NEW_YORKER, LISTENS)
        await world.campaign(
            under("us-regf").replace("window: {}", "window: {timezone: Europe/Kyiv, hours: '08:00-21:00'}"),
            people=[OLENA, NEW_YORKER],
        )
        await world.until("2026-12-02 12:00")
        assert world.ring_times(OLENA) == ["2026-12-01 08:00:00"]
        assert world.ring_times(NEW_YORKER) == [
            "2026-12-01 15:00:00"
        ]  # 08:00 in New York, 21:00 not yet in Kyiv


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        (
            "2026-03-08 05:00",
            "2026-03-08 14:00:00",
        ),  # New York went to summer time that night: 08:00 is 12:00 UTC
        ("2026-03-29 05:30", "2026-03-29 15:00:00"),  # and now Kyiv
        ("2026-10-25 05:00", "2026-10-25 14:00:00"),  # Kyiv has left it
        ("2026-11-01 05:00", "2026-11-01 15:00:00"),  # and now New York: 08:00 is 13:00 UTC
    ],
)
async def test_summer_time_here_and_there(tmp_path: Path, now: str, rings: str) -> None:
    async with a_world(tmp_path, now=now) as world:
        world.script(NEW_YORKER, LISTENS)
        await world.campaign(under("us-regf"), people=[NEW_YORKER])
        await world.until(kyiv(now) + timedelta(days=1))
        assert world.ring_times(NEW_YORKER) == [rings]


async def test_a_window_wider_than_the_profile_never_becomes_a_campaign(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        with pytest.raises(WrongInput) as caught:
            await world.campaign('{profile: ua-debt, window: {hours: "08:00-20:00"}}', people=[OLENA])
        [problem] = caught.value.problems
        assert problem.field == "window.hours"


async def test_who_gave_no_consent_waits_and_is_called_as_soon_as_it_is_recorded(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        campaign = await world.campaign(
            under("ua-marketing", AGREED), people=[agreed(OLENA), agreed(TARAS, on="")]
        )
        await world.pass_time(hours=3)
        assert len(world.rings(OLENA)) == 1
        assert world.rings(TARAS) == []
        assert (await world.people(campaign))[TARAS].state == "pending"
        assert await reason_of(world, campaign, TARAS) == "consent"
        assert await agrees(world, TARAS)
        await world.settle()
        assert world.ring_times(TARAS) == ["2026-12-01 13:00:00"]
        await world.pass_time(minutes=2)
        assert await world.state(campaign) == "finished"


async def test_nobody_expires_while_consent_may_still_come(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 11:00") as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(
            under("ua-marketing", 'end: "2026-12-01 12:00"'), people=[OLENA, TARAS]
        )
        await world.until("2026-12-01 11:50")
        assert await world.counts(campaign) == {"pending": 2}
        await agrees(world, OLENA)
        await world.until("2026-12-01 12:10")
        assert await world.counts(campaign) == {"done": 1, "expired": 1}
        assert world.rings(TARAS) == []
        assert await world.state(campaign) == "finished"


async def test_consent_withdrawn_between_claim_and_send_is_heard_at_the_fence(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        campaign = await world.campaign(under("ua-marketing", AGREED), people=[agreed(OLENA)])
        house = world.house

        def job(connection: Connection) -> Claims:
            with transaction(connection, house) as change:
                return claim(change, AccountId(house.accounts.all()[0].id))

        await house.lease.keep(house.database)
        fence = Fence(house.clock, patience=house.settings.lirax_timeout, lease=house.lease)
        [intent] = (await house.database.write(job)).intents
        await withdraw_consent(house, OLENA, source="a letter")
        placer = Placer(house)
        placer.start(intent, fence)
        await placer.settle()
        assert world.posts() == []
        [attempt] = await world.attempts(OLENA)
        assert attempt.state == "unplaced"
        assert attempt.detail is not None
        assert "no consent" in attempt.detail
        await world.pass_time(hours=1)
        assert await reason_of(world, campaign, OLENA) == "consent"
        assert world.posts() == []


async def test_an_old_list_does_not_undo_a_withdrawal(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await withdraw_consent(world.house, OLENA, source="a letter")
        campaign = await world.campaign(
            under("ua-marketing", AGREED),
            people=[agreed(OLENA, on="2026-12-01")],  # earlier on the same day
        )
        await world.pass_time(hours=1)
        assert await reason_of(world, campaign, OLENA) == "consent"
        await world.pass_time(hours=1)
        assert await agrees(world, OLENA)
        await world.pass_time(minutes=5)
        assert len(world.rings(OLENA)) == 1


async def test_whoever_opts_out_has_withdrawn_consent(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        world.script(TARAS, presses("8"))
        rules = """
rules:
  - when: {key: "9"}
    suppress: true
  - when: {key: "8"}
    outcome: opted_out
"""
        await world.campaign(under("ua-marketing", AGREED + rules), people=[agreed(OLENA), agreed(TARAS)])
        await world.pass_time(minutes=10)
        await suppress(world.house, [number(1)], reason=None, source="operator")
        await unsuppress(world.house, OLENA)
        again = await world.campaign(under("ua-marketing"), people=[OLENA, TARAS])
        await world.pass_time(hours=1)
        assert {await reason_of(world, again, phone) for phone in (OLENA, TARAS)} == {"consent"}
        assert (len(world.rings(OLENA)), len(world.rings(TARAS))) == (1, 1)


async def test_a_message_waits_for_the_hours_of_the_profile(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-04 19:58") as world:  # a Friday
        world.script(OLENA, replace(LISTENS, talk_seconds=130))
        rules = 'rules: [{when: {result: answered_full}, sms: "Thank you"}]\n'
        await world.campaign(under("ua-debt", rules + MODEM), people=[OLENA])
        await world.until("2026-12-07 12:00")
        [message] = world.exchange.truth.messages
        assert message.at.astimezone(kyiv("2026-12-07").tzinfo).strftime("%a %H:%M") == "Mon 09:00"


async def test_no_message_goes_to_who_has_withdrawn_consent(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        rules = 'rules: [{when: {result: answered_full}, sms: "Thank you"}]\n'
        campaign = await world.campaign(
            under("ua-marketing", f"{AGREED}\n{rules}{MODEM}"), people=[agreed(OLENA)]
        )
        await world.pass_time(seconds=10)
        await withdraw_consent(world.house, OLENA, source="said so on the telephone")
        await world.pass_time(hours=1)
        assert world.exchange.truth.messages == []
        [message] = await world.messages()
        assert message.state == "failed"
        assert message.detail == "not sent: no consent of this person is on record"
        assert await world.state(campaign) == "finished"


async def test_without_consent_a_debtor_gets_five_messages_and_not_a_sixth(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, *[AWAY] * 7)
        rules = 'rules: [{when: {state: exhausted}, sms: "Please call us"}]\n'
        for day in (1, 2, 3, 4, 7, 8):
            await world.until(f"2026-12-{day:02} 10:00")
            await world.campaign(under("ua-debt", rules + MODEM), people=[OLENA])
            await world.pass_time(hours=1)
        states = [message.state for message in await world.messages()]
        assert states == ["delivered"] * 5 + ["failed"]
        assert "5 SMS" in str((await world.messages())[-1].detail)
        await agrees(world, OLENA)
        await world.until("2026-12-09 10:00")
        await world.campaign(under("ua-debt", rules + MODEM), people=[OLENA])
        await world.pass_time(hours=1)
        assert len(world.exchange.truth.messages) == 6


async def test_calls_and_messages_are_counted_together(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, AWAY, AWAY, LISTENS)
        rules = 'rules: [{when: {result: no_answer}, sms: "We called you"}]\n'
        again = "retry: {attempts: 3, delay: 1h}\n"
        campaign = await world.campaign(under("ua-debt", rules + again + MODEM), people=[OLENA])
        await world.until("2026-12-01 19:00")
        # a call and its message are the two contacts of the day
        assert world.ring_times(OLENA) == ["2026-12-01 10:00:00"]
        assert await reason_of(world, campaign, OLENA) == "cap"
        await world.until("2026-12-02 19:00")
        assert world.ring_times(OLENA)[1:] == ["2026-12-02 09:00:00"]
        assert len(world.exchange.truth.messages) == 2


async def test_a_message_that_would_be_the_third_contact_waits_for_the_next_day(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, AWAY, AWAY)
        rules = 'rules: [{when: {state: exhausted}, sms: "We called you twice"}]\n'
        again = "retry: {attempts: 2, delay: 1h}\n"
        await world.campaign(under("ua-debt", rules + again + MODEM), people=[OLENA])
        await world.until("2026-12-02 10:00")
        assert len(world.rings(OLENA)) == 2
        [message] = world.exchange.truth.messages
        assert message.at.astimezone(kyiv("2026-12-02").tzinfo).strftime("%d %H:%M") == "02 09:00"


async def test_regulation_f_leaves_a_person_alone_for_a_week_after_a_conversation(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 18:00") as world:
        world.script(NEW_YORKER, LISTENS)
        await world.campaign(under("us-regf"), people=[NEW_YORKER])
        await world.pass_time(hours=1)
        await world.campaign(under("us-regf"), people=[NEW_YORKER])
        await world.until("2026-12-10 12:00")
        assert world.ring_times(NEW_YORKER) == ["2026-12-01 18:00:00", "2026-12-08 18:00:25"]


def stricter_from(profile: Profile, day: date) -> Profile:
    """A law that is changed on that day: calls only from 14:00 to 15:00, and with consent."""
    last = profile.versions[-1]
    asks = profile_named("ua-marketing").versions[-1].consent
    changed = replace(last, since=day, hours=(Hours(840, 900),), consent=asks)
    return replace(profile, versions=(*profile.versions, changed))


async def changed_law(world: World, campaign: CampaignId, profile: Profile) -> None:
    """As if the file of the profile had this version; the policy is made of it before anybody asks."""
    row = await world.house.database.read(lambda reading: campaigns.get(reading, campaign))
    assert row is not None
    policy = policy_for(world.house, row)
    law = legal_hours(profile)
    world.house.policies.forget()
    changed: Policy = replace(policy, profile=profile, window=replace(policy.window, law=law))
    world.house.policies.get(campaign, f"{row.fingerprint} {row.account_timezone}", lambda: changed)


async def test_a_new_version_counts_from_its_day_on_while_the_campaign_runs(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 19:58", lines=1) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, AWAY)
        campaign = await world.draft(under("ua-debt"))
        await changed_law(world, campaign, stricter_from(profile_named("ua-debt"), date(2026, 12, 2)))
        await world.house.database.write(
            lambda writing: (
                consents.record(
                    writing,
                    [Consent(person, "form", kyiv("2026-11-01 12:00")) for person in people[:4]],
                    now=world.now,
                )
                and None
            )
        )
        for person in people:
            await world.add(campaign, person)
        await start(world.house, campaign)
        await world.until("2026-12-03 20:00")
        times = {person: world.ring_times(person) for person in people}
        # two before 20:00 by the old law, the others the next day by the new one, and only with consent
        assert [times[person] for person in people[:3]] == [
            ["2026-12-01 19:58:00"],
            ["2026-12-01 19:58:30"],
            ["2026-12-02 14:00:00"],
        ]
        assert times[people[3]][0].startswith("2026-12-02 14:00")
        assert [times[person] for person in people[4:]] == [[], []]
        assert {await reason_of(world, campaign, person) for person in people[4:]} == {"consent"}
