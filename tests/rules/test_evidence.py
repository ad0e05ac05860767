"""What a call came to, from every combination of what LiraX may have said of it."""

from datetime import timedelta
from itertools import product

import pytest

from campaigns.rules.evidence import Evidence, contradiction, merge_keys, result_of
from campaigns.rules.vocabulary import ANSWERED, CallResult
from tests.rules.standings import pressed

R = CallResult
LONG, SHORT = timedelta(seconds=15), timedelta(seconds=14)


@pytest.mark.parametrize(
    ("evidence", "result"),
    [
        (Evidence(), None),
        (Evidence(duration=LONG), None),  # an event that does not say how it ended
        (Evidence(status="Missed"), None),  # a word for incoming calls
        (Evidence(success=False), R.NO_ANSWER),
        (Evidence(success=False, status="Busy"), R.BUSY),
        (Evidence(success=False, status="NotAvailable"), R.UNREACHABLE),
        (Evidence(success=False, status="NotAllowed"), R.NOT_ALLOWED),
        (Evidence(success=False, status="Success"), R.NO_ANSWER),  # what finished says counts first
        (Evidence(success=False, status="whatever"), R.NO_ANSWER),
        (Evidence(status="Busy"), R.BUSY),  # finished was lost
        (Evidence(status="NotAvailable"), R.UNREACHABLE),
        (Evidence(status="NotAllowed"), R.NOT_ALLOWED),
        (Evidence(success=True, duration_success=True), R.ANSWERED_FULL),
        (Evidence(success=True, duration_success=False), R.ANSWERED_SHORT),
        (Evidence(success=True, duration_success=False, duration=LONG), R.ANSWERED_SHORT),
        (Evidence(success=True, duration_success=True, duration=SHORT), R.ANSWERED_FULL),
        (Evidence(success=True, duration_success=True, status="Busy"), R.ANSWERED_FULL),
        (Evidence(success=True), R.ANSWERED_SHORT),
        (Evidence(success=True, duration=LONG), R.ANSWERED_FULL),
        (Evidence(status="Success", duration=LONG), R.ANSWERED_FULL),
        (Evidence(status="Success", duration=SHORT), R.ANSWERED_SHORT),
        (Evidence(status="Success"), R.ANSWERED_SHORT),
    ],
)
def test_each_word_of_lirax_means_one_of_ours(evidence: Evidence, result: CallResult | None) -> None:
    assert result_of(evidence, success_after=LONG) is result


def test_finished_alone_decides_whether_anybody_answered() -> None:
    words = ("Success", "Busy", "NotAvailable", "NotAllowed", "Missed", None)
    for success, lasted, status in product((True, False), (True, False, None), words):
        result = result_of(Evidence(success, lasted, status), success_after=LONG)
        assert (result in ANSWERED) is success


@pytest.mark.parametrize(
    ("evidence", "result"),
    [
        (Evidence(success=False, status="Success"), R.ANSWERED_SHORT),  # picked up, and nobody was there
        (Evidence(success=False, picked_up=True), R.ANSWERED_SHORT),
        (Evidence(success=False), R.NO_ANSWER),
        (Evidence(success=False, status="Busy"), R.BUSY),
        (Evidence(success=True, duration_success=True, picked_up=True), R.ANSWERED_FULL),
    ],
)
def test_who_was_to_be_joined_may_have_picked_up_although_both_did_not(
    evidence: Evidence, result: CallResult
) -> None:
    assert result_of(evidence, success_after=LONG, joins=True) is result


def test_nothing_has_to_last_when_nothing_is_asked() -> None:
    assert result_of(Evidence(status="Success"), success_after=timedelta(0)) is R.ANSWERED_FULL


@pytest.mark.parametrize(
    ("known", "more", "merged"),
    [
        ("", "", ""),
        ("", "12", "12"),
        ("12", "", "12"),
        ("12", "12", "12"),
        ("1", "12", "12"),  # the longer report holds the shorter one
        ("12", "1", "12"),
        ("11", "11", "11"),  # pressed twice, told twice
        ("1", "11", "11"),
        ("11", "1", "11"),
        ("1", "2", "12"),  # neither holds the other: both count
        ("12", "13", "123"),
        ("1", "41", "41"),  # the event told the last key before the webhook told all …
        ("41", "1", "41"),  # … and the other way round
        ("4", "414", "414"),  # through the menu twice
    ],
)
def test_keys_of_two_reports_of_one_call(known: str, more: str, merged: str) -> None:
    assert merge_keys(pressed(*known), pressed(*more)) == pressed(*merged)


def test_no_key_that_was_told_is_lost() -> None:
    for known, more in product(("", "1", "12", "21", "112"), repeat=2):
        merged = merge_keys(pressed(*known), pressed(*more))
        assert {*pressed(*known), *pressed(*more)} == set(merged)
        assert merge_keys(merged, pressed(*more)) == merged  # a repeat changes nothing


TALKED = "a webhook told that the person picked up, call history that nobody did"
NOBODY = "webhooks told that nobody picked up, call history that somebody did"


@pytest.mark.parametrize(
    ("known", "news", "said"),
    [
        (Evidence(), Evidence(success=True), None),
        (Evidence(success=True), Evidence(success=True), None),
        (
            Evidence(success=True),
            Evidence(success=False),
            "a finished webhook said success=1, a later one success=0",
        ),
        (
            Evidence(success=False),
            Evidence(success=True),
            "a finished webhook said success=0, a later one success=1",
        ),
        (Evidence(success=True), Evidence(status="Busy"), None),  # a leg's event, as it seems
        (Evidence(success=True), Evidence(connected=True), None),
        (Evidence(success=True), Evidence(connected=False), TALKED),
        (Evidence(status="Success"), Evidence(connected=False), TALKED),
        (Evidence(success=False, status="Success"), Evidence(connected=False), TALKED),
        (Evidence(success=False), Evidence(connected=True), None),  # they picked up, and did not listen
        (Evidence(success=False, status="Busy"), Evidence(connected=False), None),
        (Evidence(success=False, status="Busy"), Evidence(connected=True), NOBODY),
        (Evidence(success=False, status="NotAvailable"), Evidence(connected=True), NOBODY),
        (Evidence(success=False, status="NotAllowed"), Evidence(connected=True), NOBODY),
        (Evidence(status="Busy"), Evidence(connected=True), None),  # an event alone may be a leg's
        (Evidence(connected=True), Evidence(connected=False), None),  # history may be put right
    ],
)
def test_only_what_cannot_both_be_true_is_a_contradiction(
    known: Evidence, news: Evidence, said: str | None
) -> None:
    assert contradiction(known, news) == said
