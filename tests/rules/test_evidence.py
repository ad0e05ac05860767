"""What is drawn from several reports of one call."""

import pytest

from campaigns.rules.evidence import merge_keys
from campaigns.rules.policy import KeyPress

FOUR, ONE, NINE = KeyPress("Menu", "0", "4"), KeyPress("Menu", "04", "1"), KeyPress("Other", "0", "9")

REPORTS = [
    ([], [], []),
    ([], [FOUR, ONE], [FOUR, ONE]),
    ([FOUR, ONE], [], [FOUR, ONE]),
    ([ONE], [FOUR, ONE], [FOUR, ONE]),  # the event told the last key before the webhook told all
    ([FOUR, ONE], [ONE], [FOUR, ONE]),  # and the other way round
    ([FOUR], [FOUR, ONE, FOUR], [FOUR, ONE, FOUR]),  # through the menu twice
    ([FOUR, ONE], [NINE], [FOUR, ONE, NINE]),
]


@pytest.mark.parametrize(("known", "more", "together"), REPORTS)
def test_keys_keep_the_order_in_which_they_were_pressed(
    known: list[KeyPress], more: list[KeyPress], together: list[KeyPress]
) -> None:
    assert merge_keys(known, more) == tuple(together)
