"""Whatever history answers: an export or a clear no, and what was written comes back in every dialect."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.lirax.history.asking import slices_of
from engine.lirax.history.cells import read_written
from engine.lirax.history.reading import NotAnExport, read_export
from engine.lirax.history.values import Export
from engine.lirax.history.wall_clock import moments_of, wall_span
from tests.lirax.history.writing import DIALECTS, HEADER, written

ZONES = ["Europe/Kyiv", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
KYIV = ZoneInfo(ZONES[0])
SCRAPS = st.sampled_from(
    [
        *(
            "call_start",
            "call_dnis",
            "call_ani",
            "start",
            "Кому",
            ";",
            ",",
            "\t",
            "\n",
            "\r",
            '"',
            "\x00",
            "|",
        ),
        *(
            "2026-01-15 12:00:00",
            "15.01.2026 12:00:00",
            "9999-12-31 23:59:59",
            "0001-01-01 00:00:00",
            "1:2:3",
        ),
        *(
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "<th>",
            "<form>",
            "<!",
            "<![",
            "<!--",
            "&#",
            "&amp",
            "<a href=",
        ),
    ]
)
BODIES = st.binary(max_size=200) | st.lists(SCRAPS | st.text(max_size=5), max_size=40).flatmap(
    lambda parts: st.sampled_from(["utf-8", "utf-16", "cp1251"]).map(
        lambda encoding: "".join(parts).encode(encoding, "replace")
    )
)
BEGINNING = datetime(1995, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 45 * 366 * 86400).map(lambda seconds: BEGINNING + timedelta(seconds=seconds))
WORDS = st.text(st.characters(codec="cp1251", exclude_categories=["Cc", "Zs", "Cf"]), max_size=12)
NUMBERS = st.text("0123456789", min_size=3, max_size=15)
ROWS = st.tuples(MOMENTS, NUMBERS, NUMBERS, WORDS, st.integers(0, 90000), st.booleans(), st.booleans())


def read_or_refuse(body: bytes) -> Export | None:
    try:
        return read_export(body, KYIV)
    except NotAnExport:
        return None


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@given(BODIES)
def test_any_bytes_are_an_export_or_refused(body: bytes) -> None:
    export = read_or_refuse(body)
    assert export is None or all(call.started_at.tzinfo is UTC for call in export.calls)


@given(BODIES)
def test_any_bytes_under_a_good_header_are_an_export(body: bytes) -> None:
    assert read_or_refuse(written() + body) is not None


@pytest.mark.parametrize(("kind", "delimiter", "encoding"), DIALECTS)
@given(rows=st.lists(ROWS, max_size=8))
def test_what_was_written_comes_back(
    kind: str,
    delimiter: str,
    encoding: str,
    rows: list[tuple[datetime, str, str, str, int, bool, bool]],
) -> None:
    cells = [
        (
            f"id-{number}",
            f"{moment.astimezone(KYIV):%Y-%m-%d %H:%M:%S}",
            str(int(out)),
            ani,
            dnis,
            str(int(connected)),
            str(seconds),
            word,
            "",
        )
        for number, (moment, ani, dnis, word, seconds, out, connected) in enumerate(rows)
    ]
    body = written(*cells, kind=kind, delimiter=delimiter, encoding=encoding)
    assume(encoding != "cp1251" or body.isascii() or not is_utf8(body))  # nobody can tell these apart
    export = read_export(body, KYIV)
    assert export.trouble is None
    assert [
        (
            call.ani,
            call.dnis,
            call.extra["call_utm_source"],
            call.duration,
            call.direction == "out",
            call.connected,
        )
        for call in export.calls
    ] == [tuple(row[1:]) for row in rows]
    assert all(row[0] in call.moments for row, call in zip(rows, export.calls, strict=True))
    assert all(call.call_id == f"id-{number}" for number, call in enumerate(export.calls))
    assert export.form.columns == HEADER


@given(since=MOMENTS, hours=st.integers(0, 60), within=st.floats(0, 1), zone=st.sampled_from(ZONES))
def test_what_is_asked_for_on_the_wall_clock_holds_every_moment_meant(
    since: datetime, hours: int, within: float, zone: str
) -> None:
    place, until = ZoneInfo(zone), since + timedelta(hours=hours)
    moment = since + timedelta(seconds=int(within * hours * 3600))
    first, last = wall_span(since, until, place)
    shown = f"{moment.astimezone(place):%Y-%m-%d %H:%M:%S}"
    assert f"{first:%Y-%m-%d %H:%M:%S}" <= shown <= f"{last:%Y-%m-%d %H:%M:%S}"
    written_then = read_written(shown)
    assert written_then is not None
    assert moment in moments_of(written_then, place)


@given(since=MOMENTS, seconds=st.integers(-5, 400_000))
def test_slices_cover_every_second_once(since: datetime, seconds: int) -> None:
    until = since + timedelta(seconds=seconds)
    slices = list(slices_of(since, until))
    assert sum((part.until - part.since).total_seconds() + 1 for part in slices) == max(0, seconds + 1)
    assert all(later.since - part.until == timedelta(seconds=1) for part, later in pairwise(slices))
