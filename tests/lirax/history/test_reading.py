"""Exports of call history in every dialect, and what must never pass for one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.lirax.history.reading import NotAnExport, Unlike, read_export
from engine.lirax.history.values import Direction, Export, HistoryCall
from tests.lirax.history.writing import DIALECTS, HEADER, OTHER, ROW, page, written

KYIV = ZoneInfo("Europe/Kyiv")


def read(body: bytes | str, *, must_end: bool = False) -> Export:
    return read_export(body if isinstance(body, bytes) else body.encode(), KYIV, must_end=must_end)


def only(body: bytes | str) -> HistoryCall:
    export = read(body)
    assert export.trouble is None
    [call] = export.calls
    return call


FIRST = HistoryCall(
    call_id="D1-1",
    started_at=datetime(2026, 1, 15, 10, 0, tzinfo=UTC),
    direction=Direction.OUT,
    ani="101",
    dnis="380671112233",
    connected=True,
    duration=20,
    recording="https://x/1.wav",
    extra={"call_utm_source": "google"},
)


@pytest.mark.parametrize(("kind", "delimiter", "encoding"), DIALECTS)
def test_every_dialect_says_the_same(kind: str, delimiter: str, encoding: str) -> None:
    export = read(written(ROW, OTHER, kind=kind, delimiter=delimiter, encoding=encoding))
    assert export.calls[0] == FIRST
    assert (export.calls[1].direction, export.calls[1].connected) == (Direction.IN, False)
    assert (export.form.kind, export.form.delimiter or "") == (kind, delimiter)
    assert (export.form.columns, export.trouble) == (HEADER, None)


@pytest.mark.parametrize(("kind", "delimiter", "encoding"), DIALECTS)
def test_a_header_alone_means_that_there_were_no_calls(kind: str, delimiter: str, encoding: str) -> None:
    export = read(written(kind=kind, delimiter=delimiter, encoding=encoding))
    assert (export.calls, export.trouble) == ((), None)


HEADERS = [
    "call_id;call_start;call_type;call_ani;call_dnis;call_connect;call_duration;call_record",
    "CallID;Start;Type;ANI;DNIS;Connect;Duration;Record",
    "callid;date;direction;from;to;answered;seconds;recording",
    '"uniqueid";"calldate";"direction";"src";"dst";"disposition";"billsec";"record_link"',
    "ID звонка;Дата и время;Тип;Кто звонил;Кому;Отвечен;Длительность;Запись",
    "ID дзвінка;Дата та час;Напрямок;Хто дзвонив;Кому;З'єднання;Тривалість;Запис",
    "\ufeffcall id;START TIME;type ; caller;called;connected;duration;record-url",
]


@pytest.mark.parametrize("header", HEADERS)
def test_columns_are_known_by_their_headings(header: str) -> None:
    call = only(f"{header}\nD1-1;2026-01-15 12:00:00;1;101;380671112233;1;20;https://x/1.wav\n")
    assert (call.call_id, call.ani, call.dnis, call.recording) == (
        "D1-1",
        "101",
        "380671112233",
        "https://x/1.wav",
    )
    assert (call.direction, call.connected, call.duration) == (Direction.OUT, True, 20)


def test_columns_come_in_any_order_and_unknown_ones_are_kept_by_their_own_name() -> None:
    call = only("Менеджер;dnis;;start\nОлена;380671112233;x;2026-01-15 12:00:00\n")
    assert (call.dnis, call.ani, dict(call.extra)) == ("380671112233", None, {"Менеджер": "Олена"})


def test_of_two_headings_for_one_column_the_better_one_counts_and_the_other_is_kept() -> None:
    call = only("date;start;dnis\n2026-01-14 00:00:00;2026-01-15 12:00:00;1\n")
    assert (call.started_at, dict(call.extra)) == (FIRST.started_at, {"date": "2026-01-14 00:00:00"})


def test_a_title_above_the_header_and_blank_lines_do_no_harm() -> None:
    assert only("sep=;\n\nCalls of January\nstart;dnis\n\n2026-01-15 12:00:00;1\n\n").dnis == "1"


def test_date_and_time_may_stand_in_columns_of_their_own() -> None:
    assert only("Дата;Час;Кому\n15.01.2026;12:00:00;1\n").started_at == FIRST.started_at


MOMENTS = [
    ("2026-01-15 12:00:00", datetime(2026, 1, 15, 10, 0, tzinfo=UTC)),
    ("2026-01-1512:00:00", datetime(2026, 1, 15, 10, 0, tzinfo=UTC)),  # the blank is lost (C43)
    ("2026-01-15T12:00:00", datetime(2026, 1, 15, 10, 0, tzinfo=UTC)),
    ("2026-01-15T12:00:00+01:00", datetime(2026, 1, 15, 11, 0, tzinfo=UTC)),
    ("2026-01-15T12:00:00.250Z", datetime(2026, 1, 15, 12, 0, tzinfo=UTC)),
    ("15.01.2026 12:00:00", datetime(2026, 1, 15, 10, 0, tzinfo=UTC)),
    ("15/01/2026, 12:00", datetime(2026, 1, 15, 10, 0, tzinfo=UTC)),
    ("15.07.2026 12:00:00", datetime(2026, 7, 15, 9, 0, tzinfo=UTC)),  # summer time
]


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_moments_are_read_on_the_account_s_wall_clock(text: str, moment: datetime) -> None:
    assert only(f'start;dnis\n"{text}";1\n').started_at == moment


def test_a_time_that_comes_twice_keeps_both_of_its_moments() -> None:
    call = only("start;dnis\n2026-10-25 03:30:00;1\n")  # 04:00 summer time becomes 03:00
    assert call.moments == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert call.may_have_started(datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC))


def test_a_time_that_never_comes_is_read_as_if_the_clock_had_not_moved() -> None:
    call = only("start;dnis\n2026-03-29 03:30:00;1\n")  # 03:00 becomes 04:00
    assert call.moments == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), None)


CELLS = [
    # type, connect, duration → direction, connected, seconds
    ("1", "1", "124", Direction.OUT, True, 124),
    ("0", "0", "0", Direction.IN, False, 0),
    ("out", "yes", "00:02:04", Direction.OUT, True, 124),
    ("Входящий", "Да", "2:04", Direction.IN, True, 124),
    ("вихідний", "так", "124 сек", Direction.OUT, True, 124),
    ("1", "2026-01-15 12:00:05", "124.6", Direction.OUT, True, 124),  # when somebody answered
    ("1", "0000-00-00 00:00:00", "", Direction.OUT, False, None),
    ("", "", "", None, None, None),
    ("", "", "0", None, False, 0),
    ("", "", "99999999999999999999999", None, None, None),
]


@pytest.mark.parametrize(("type", "connect", "duration", "direction", "connected", "seconds"), CELLS)
def test_cells_are_read_in_the_ways_they_are_written(
    type: str, connect: str, duration: str, direction: Direction, connected: bool, seconds: int
) -> None:
    call = only(f"start;dnis;type;connect;duration\n2026-01-15 12:00:00;1;{type};{connect};{duration}\n")
    assert (call.direction, call.connected, call.duration) == (direction, connected, seconds)


def test_a_word_nobody_knows_is_kept_as_it_stands() -> None:
    call = only("start;dnis;type;duration\n2026-01-15 12:00:00;1;transfer;long\n")
    assert (call.direction, call.duration, dict(call.extra)) == (
        None,
        None,
        {"type": "transfer", "duration": "long"},
    )


def test_a_link_in_a_page_is_the_recording() -> None:
    row = '<tr><td>2026-01-15 12:00:00</td><td>1</td><td><a href="/rec/1.wav">Listen</a></td></tr>'
    html = f"<table><tr><th>start</th><th>dnis</th><th>record</th></tr>{row}</table>"
    assert only(html).recording == "/rec/1.wav"


def test_the_table_of_calls_is_found_among_others_and_within_others() -> None:
    inner = page(("start", "dnis"), ("2026-01-15 12:00:00", "1"))
    assert only(f"<html><table><tr><td>menu</td></tr><tr><td>{inner}</td></tr></table></html>").dnis == "1"


NO_EXPORTS = [
    (b"", Unlike.NOTHING),
    (b"\r\n \n", Unlike.NOTHING),
    (b"<html><body><form>Log in</form></body></html>", Unlike.LOGIN_PAGE),
    (b"<!DOCTYPE html><input type=password name=USER_HASH>", Unlike.LOGIN_PAGE),
    (b"<html><head><meta http-equiv=refresh content='0;url=/login'></head></html>", Unlike.LOGIN_PAGE),
    (b"<html><body>We will be back soon</body></html>", Unlike.PAGE),
    (b"<html><table><tr><th>Name</th><th>Ext</th></tr></table></html>", Unlike.PAGE),
    (b'{"auth": false}', Unlike.GARBAGE),
    (b"OK", Unlike.GARBAGE),
    (b"D1-1;2026-01-15 12:00:00;1;101;380671112233;1;20\n", Unlike.GARBAGE),  # no header
    (b"call_id;call_type\nD1-1;1\n", Unlike.GARBAGE),  # neither when nor whom
    (b"call_id;call_start\nD1-1;2026-01-15 12:00:00\n", Unlike.GARBAGE),
    (b"\x00\xff" * 500, Unlike.GARBAGE),
    (b"<![foo", Unlike.GARBAGE),
]


@pytest.mark.parametrize(("body", "what"), NO_EXPORTS)
def test_what_is_no_export_is_told_apart(body: bytes, what: Unlike) -> None:
    with pytest.raises(NotAnExport) as caught:
        read(body)
    assert caught.value.what is what


def test_whatever_is_cut_off_within_a_row_is_in_trouble() -> None:
    whole = written(ROW, OTHER)
    second = whole.index(OTHER[0].encode())
    for length in range(second, len(whole) - 1):
        export = read(whole[:length])
        assert export.trouble is not None or length == second, whole[:length]
        assert [call.call_id for call in export.calls] == ["D1-1"]


def test_a_header_that_is_cut_off_does_not_mean_that_there_were_no_calls() -> None:
    whole = written()
    for length in range(1, len(whole) - 1):
        try:
            assert read(whole[:length]).trouble is not None, whole[:length]
        except NotAnExport as other:
            assert other.what is Unlike.GARBAGE


def test_a_page_that_is_cut_off_is_in_trouble() -> None:
    whole = written(ROW, OTHER, kind="html")
    for length in range(whole.index(b"D1-1"), whole.index(b"</table>") + 7):
        assert read(whole[:length]).trouble == "its table is cut off"


def test_a_last_line_without_its_end_is_good_unless_the_server_is_known_to_end_it() -> None:
    body = written(ROW, OTHER).rstrip(b"\n")
    assert read(body).trouble is None
    assert read(body, must_end=True).trouble == "it is cut off within a line"


TROUBLES = [
    ("start;dnis\n2026-01-15 12:00:00;1\nFatal error: out of memory\n", "'start' holds no date"),
    ("start;dnis\n2026-02-31 12:00:00;2\n2026-01-15 12:00:00;1\n", "'start' holds no date"),
    ("start;dnis\n0001-01-01 00:00:00;2\n2026-01-15 12:00:00;1\n", "'start' holds no date"),
    ("start;dnis\n2026-01-15 12:00:00;1\n2026-01-15 12:00:00;2;oops\n", "more cells"),
    ('start;dnis\n2026-01-15 12:00:00;1\n2026-01-15 12:00:00;"2\n2026-01-15 13:00:00;3\n', "quotation mark"),
]


@pytest.mark.parametrize(("text", "says"), TROUBLES)
def test_a_row_that_cannot_be_read_leaves_the_others_and_is_told(text: str, says: str) -> None:
    export = read(text)
    assert "1" in [call.dnis for call in export.calls]
    assert says in (export.trouble or "")


def test_half_a_letter_at_the_end_does_not_make_it_another_encoding() -> None:
    export = read("start;dnis;Ім'я\n2026-01-15 12:00:00;1;Олена\n2026-01-15 12:00:00;1;Оле".encode()[:-1])
    assert (export.form.encoding, export.calls[0].extra) == ("utf-8", {"Ім'я": "Олена"})
    assert export.trouble is not None
