"""Which database may dial, and which is a copy, as a table: no clock, no file, no database."""

import pytest

from campaigns.rules.custody import Doubt, Known, Mark, doubt_about, same_server

OURS, THEIRS = "ours", "theirs"
HERE, THERE = "7301/00000001/16384/16402", "7301/00000002/16384/16402"


def doubt(
    known: Known | None,
    mark: Mark | None,
    *,
    server: str | None = None,
    people: bool = True,
    must_have_mark: bool = True,
) -> Doubt | None:
    return doubt_about(known, mark, server=server, has_people=people, must_have_mark=must_have_mark)


@pytest.mark.parametrize(
    ("known", "mark", "expected"),
    [
        (None, None, None),  # brand-new, or of a version without custody
        (None, Mark(OURS, 3), Doubt.REPLACED),  # a backup of such a version
        (Known(OURS, 0), None, None),  # the very first start ended before the mark was made
        (Known(OURS, 1), None, Doubt.MOVED),
        (Known(OURS, 7), Mark(OURS, 7), None),  # an ordinary restart
        (Known(OURS, 8), Mark(OURS, 7), None),  # killed between the two
        (Known(OURS, 80), Mark(OURS, 7), None),  # the mark could not be written for a while
        (Known(OURS, 6), Mark(OURS, 7), Doubt.OLDER),
        (Known(THEIRS, 900), Mark(OURS, 7), Doubt.REPLACED),
        (Known(THEIRS, 9, former=(OURS,)), Mark(OURS, 7), None),  # released, and killed before the mark
        (Known(THEIRS, 3, former=(OURS,)), Mark(OURS, 7), None),  # released by another machine
        (Known(OURS, 9), Mark(THEIRS, 7), Doubt.REPLACED),  # of before that release
        (Known(OURS, 9), Mark("", 0), Doubt.REPLACED),  # the mark is garbled
    ],
)
def test_a_database_that_is_not_the_one_that_worked_last_is_doubted(
    known: Known | None, mark: Mark | None, expected: Doubt | None
) -> None:
    assert doubt(known, mark) is expected


@pytest.mark.parametrize(
    ("known", "mark"), [(None, Mark(OURS, 3)), (Known(OURS, 4), None), (Known(OURS, 4), Mark(THEIRS, 9))]
)
def test_a_database_in_which_nobody_is_to_be_called_is_not_doubted(known: Known, mark: Mark) -> None:
    assert doubt(known, mark, people=False) is None


def test_one_engine_more_beside_others_needs_no_mark() -> None:
    assert doubt(Known(OURS, 5, server=HERE), None, server=HERE, must_have_mark=False) is None


def test_another_server_is_doubted_whatever_the_mark_says() -> None:
    assert doubt(Known(OURS, 7, server=HERE), Mark(OURS, 7), server=THERE) is Doubt.SERVER
    assert doubt(Known(OURS, 7, server=HERE), Mark(OURS, 7), server=HERE) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HERE, HERE, True),
        (HERE, THERE, False),  # the time line
        (HERE, "-/00000001/16384/16402", True),  # the user may not see the system
        (HERE, "7301/00000001/16384/16999", False),  # the table was made anew: a dump was read in
        (HERE, "7301/00000001/17000/16402", False),  # another database of that server
        (None, HERE, True),
        (HERE, None, True),
    ],
)
def test_a_server_is_known_by_every_part_that_both_can_see(
    one: str | None, other: str | None, same: bool
) -> None:
    assert same_server(one, other) is same
