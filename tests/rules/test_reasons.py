"""The one sentence for a campaign and for a recipient."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from campaigns.rules.reasons import (
    CampaignFacts,
    RecipientFacts,
    Waiting,
    local_moment,
    reason_of_campaign,
    reason_of_recipient,
)
from campaigns.rules.vocabulary import AttemptState, CallResult, CampaignState, RecipientState

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)  # a Tuesday, noon in Kyiv
LATER = NOW + timedelta(hours=2, minutes=30)  # 14:30 in Kyiv
TOMORROW = datetime(2026, 12, 2, 7, 0, tzinfo=UTC)  # 09:00 in Kyiv


def a_campaign(state: CampaignState = CampaignState.RUNNING, **facts: object) -> CampaignFacts:
    known = {"zone": "Europe/Kyiv", "recipients": 5, "queued": 3, "lines": 10, "free_lines": 4}
    return CampaignFacts(state=state, **{**known, **facts})  # type: ignore[arg-type]


def a_recipient(state: RecipientState = RecipientState.PENDING, **facts: object) -> RecipientFacts:
    return RecipientFacts(state=state, **{"due_at": NOW, **facts})  # type: ignore[arg-type]


CAMPAIGNS = [
    (a_campaign(CampaignState.DRAFT), "Not started yet; 5 people on its list."),
    (a_campaign(CampaignState.DRAFT, recipients=0), "Not started yet, and it has no recipients."),
    (a_campaign(CampaignState.SCHEDULED, start_at=TOMORROW), "Starts at Wed 2 Dec 09:00 (Europe/Kyiv)."),
    (a_campaign(CampaignState.PAUSING, in_flight=1), "Pausing: 1 call is still open; no new call is placed."),
    (a_campaign(CampaignState.PAUSED), "Paused; resume it to go on calling."),
    (
        a_campaign(CampaignState.FINISHED, finished_at=NOW),
        "Finished at 12:00 (Europe/Kyiv): nobody is left to call.",
    ),
    (
        a_campaign(CampaignState.CANCELLED, finished_at=NOW),
        "Cancelled at 12:00 (Europe/Kyiv); nobody else is called.",
    ),
    (a_campaign(hold="LiraX refuses the key."), "LiraX refuses the key."),
    (a_campaign(opens_at=TOMORROW), "Outside calling hours until Wed 2 Dec 09:00 (Europe/Kyiv)."),
    (
        a_campaign(next_due=TOMORROW, next_waits_for=Waiting.HOURS),
        "Outside calling hours until Wed 2 Dec 09:00 (Europe/Kyiv).",
    ),
    (
        a_campaign(next_due=LATER, next_waits_for=Waiting.RETRY),
        "Waiting to call 3 people again; the next call is due at 14:30 (Europe/Kyiv).",
    ),
    (
        a_campaign(next_due=LATER, next_waits_for=Waiting.CONSENT),
        "Waiting for consent: nobody else may be called. Looked at again at 14:30 (Europe/Kyiv).",
    ),
    (a_campaign(next_due=LATER), "Outside calling hours until 14:30 (Europe/Kyiv)."),
    (a_campaign(free_lines=0), "All 10 lines of the account are busy; the next free one is taken."),
    (
        a_campaign(recipients=0, queued=0),
        "It has no recipients yet; add a list or trigger a call.",
    ),
    (a_campaign(queued=0, open_sms=1), "Everybody has been called; 1 SMS still to be sent."),
    (a_campaign(queued=0, open=True), "Nobody is left to call; it stays open for new calls."),
    (a_campaign(queued=0), "Everybody has been called; it is about to finish."),
    (a_campaign(queued=0, in_flight=2), None),
    (a_campaign(free_lines=0, in_flight=10, next_due=NOW), None),
    (a_campaign(next_due=NOW), None),
]


@pytest.mark.parametrize(("facts", "sentence"), CAMPAIGNS)
def test_a_campaign_that_waits_says_why_and_one_that_dials_says_nothing(
    facts: CampaignFacts, sentence: str | None
) -> None:
    assert reason_of_campaign(facts, now=NOW) == sentence


RECIPIENTS = [
    (a_recipient(), a_campaign(CampaignState.DRAFT), "The campaign is not started."),
    (a_recipient(), a_campaign(CampaignState.PAUSING), "The campaign is paused."),
    (a_recipient(), a_campaign(hold="LiraX refuses the key."), "LiraX refuses the key."),
    (
        a_recipient(
            RecipientState.WAITING, due_at=LATER, waits_for=Waiting.RETRY, last_result=CallResult.NO_ANSWER
        ),
        a_campaign(),
        "To be called again after no answer, not before 14:30 (Europe/Kyiv).",
    ),
    (
        a_recipient(due_at=TOMORROW, waits_for=Waiting.HOURS, zone="America/New_York"),
        a_campaign(),
        "Outside calling hours until Wed 2 Dec 02:00 (America/New_York).",
    ),
    (a_recipient(due_at=LATER), a_campaign(), "Outside calling hours until 14:30 (Europe/Kyiv)."),
    (a_recipient(), a_campaign(free_lines=0), "Waiting for a free line."),
    (a_recipient(), a_campaign(), "It is due, and called as soon as the pace of the campaign allows."),
    (a_recipient(ahead=12), a_campaign(), "Waiting for a free line; its turn comes after 12 others."),
    (
        a_recipient(due_at=TOMORROW, waits_for=Waiting.CONSENT),
        a_campaign(),
        "No consent of this person is on record; not called before it is.",
    ),
    (
        a_recipient(waits_for=Waiting.NUMBER_BUSY),
        a_campaign(),
        "Another call to this number is open; this one waits for its end.",
    ),
    (a_recipient(RecipientState.CALLING), a_campaign(), "It is being called now."),
    (
        a_recipient(RecipientState.CALLING, attempt=AttemptState.AMBIGUOUS, looked_at=LATER),
        a_campaign(),
        "It is not clear whether LiraX took the call; it is looked at again at 14:30 (Europe/Kyiv).",
    ),
    (
        a_recipient(RecipientState.CALLING, attempt=AttemptState.AMBIGUOUS, looked_at=LATER, sought=True),
        a_campaign(),
        "It is not clear whether LiraX took the call; call history is asked again and again, "
        "until 14:30 (Europe/Kyiv).",
    ),
    (
        a_recipient(RecipientState.CALLING, attempt=AttemptState.PLACED, looked_at=LATER, sought=True),
        a_campaign(),
        "LiraX did not tell how the call ended; call history is asked again and again, "
        "until 14:30 (Europe/Kyiv).",
    ),
    (
        a_recipient(RecipientState.EXHAUSTED, calls=3, last_result=CallResult.BUSY),
        a_campaign(),
        "No further call is allowed after 3 calls; the last one ended as busy.",
    ),
    (a_recipient(RecipientState.DONE, outcome="promised"), a_campaign(), "Done with the outcome “promised”."),
]


@pytest.mark.parametrize(("recipient", "campaign", "sentence"), RECIPIENTS)
def test_a_recipient_says_why_it_is_not_being_called(
    recipient: RecipientFacts, campaign: CampaignFacts, sentence: str
) -> None:
    assert reason_of_recipient(recipient, campaign=campaign, now=NOW) == sentence


@pytest.mark.parametrize("state", list(CampaignState))
def test_every_recipient_has_a_reason_in_every_state_of_its_campaign(state: CampaignState) -> None:
    for person, waiting in product(RecipientState, (None, *Waiting)):
        recipient = a_recipient(person, due_at=LATER, waits_for=waiting)
        assert reason_of_recipient(recipient, campaign=a_campaign(state), now=NOW).endswith(".")


def test_a_moment_of_another_year_names_the_year() -> None:
    new_year = datetime(2027, 1, 1, 7, 0, tzinfo=UTC)
    assert local_moment(new_year, zone="Europe/Kyiv", now=NOW) == "Fri 1 Jan 2027 09:00 (Europe/Kyiv)"
