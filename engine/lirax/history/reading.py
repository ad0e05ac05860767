"""From the bytes of an export to calls. Pure and total: any bytes are an Export or raise NotAnExport."""

from datetime import datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from engine.lirax.history import cells
from engine.lirax.history.columns import Column, Layout
from engine.lirax.history.decoding import decode
from engine.lirax.history.pages import is_login_page, is_page, sheet_of_page
from engine.lirax.history.sheets import Row, Sheet, sheet_of_text
from engine.lirax.history.values import Export, Form, HistoryCall
from engine.lirax.history.wall_clock import moments_of


class Unlike(Enum):
    """What an answer is instead of an export."""

    NOTHING = auto()  # not a byte
    LOGIN_PAGE = auto()
    PAGE = auto()  # of another kind: closed for repairs, an error
    GARBAGE = auto()  # no header of a list of calls


class NotAnExport(ValueError):
    def __init__(self, what: Unlike, message: str) -> None:
        super().__init__(message)
        self.what = what


class _UnreadableRow(ValueError):
    pass


def read_export(body: bytes, zone: ZoneInfo, *, must_end: bool = False) -> Export:
    """The calls, in the order of the file. `must_end`: a last line without its end means that it was cut off.

    A row that cannot be read is left out and told as `trouble`: what stands there counts, what does not
    proves nothing. Raises NotAnExport.
    """
    if not body.strip(b" \t\r\n\0"):
        raise NotAnExport(Unlike.NOTHING, "it is empty")
    decoded = decode(body)
    sheet = _sheet_of(decoded.text)
    if sheet is None:
        raise _unlike(decoded.text)
    form = Form(
        "html" if sheet.delimiter is None else "csv",
        sheet.delimiter,
        decoded.encoding,
        sheet.layout.headings,
        sheet.ends_lines,
    )
    calls, trouble = _calls(sheet, zone)
    torn = decoded.cut_off or (must_end and not sheet.ends_lines)
    return Export(calls, form, sheet.trouble or trouble or ("it is cut off within a line" if torn else None))


def _sheet_of(text: str) -> Sheet | None:
    if not is_page(text):
        return sheet_of_text(text)
    try:
        sheet = sheet_of_page(text)
    except (AssertionError, ValueError):  # of html.parser, for markup that it cannot make out
        sheet = None
    return sheet or sheet_of_text(text)  # a warning of the server may stand above the list


def _unlike(text: str) -> NotAnExport:
    if not is_page(text):
        return NotAnExport(Unlike.GARBAGE, "it has no header that names the columns of calls")
    if is_login_page(text):
        return NotAnExport(Unlike.LOGIN_PAGE, "it is a page that asks to log in")
    return NotAnExport(Unlike.PAGE, "it is a page without a table of calls")


def _calls(sheet: Sheet, zone: ZoneInfo) -> tuple[tuple[HistoryCall, ...], str | None]:
    calls: list[HistoryCall] = []
    trouble = None
    for number, row in enumerate(sheet.rows, start=1):
        try:
            calls.append(_call(row, sheet.layout, zone))
        except _UnreadableRow as problem:
            trouble = trouble or f"call {number} of it cannot be read: {problem}"
    return tuple(calls), trouble


def _call(row: Row, layout: Layout, zone: ZoneInfo) -> HistoryCall:
    def text(column: Column) -> str:
        return _text(row, layout.places.get(column))

    if any(cell.text.strip() for cell in row[len(layout.headings) :]):
        raise _UnreadableRow("it has more cells than the header")
    started_at, again = _started(row, layout, zone)
    duration, connected = (
        cells.read_duration(text(Column.DURATION)),
        cells.read_connected(text(Column.CONNECT)),
    )
    return HistoryCall(
        call_id=text(Column.CALL_ID) or None,
        started_at=started_at,
        direction=cells.read_direction(text(Column.TYPE)),
        ani=text(Column.ANI) or None,
        dnis=text(Column.DNIS) or None,
        connected=False if connected is None and duration == 0 else connected,
        duration=duration,
        recording=_recording(row, layout),
        or_started_at=again,
        extra=_extra(row, layout),
    )


def _started(row: Row, layout: Layout, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    at = layout.places[Column.START]
    start, time = _text(row, at), _text(row, layout.places.get(Column.TIME))
    written = cells.read_written(start) or cells.read_written(f"{start} {time}")
    try:
        if written is not None:
            return moments_of(written, zone)
    except OverflowError:
        pass
    raise _UnreadableRow(f"{layout.headings[at][:40]!r} holds no date and time")


def _recording(row: Row, layout: Layout) -> str | None:
    at = layout.places.get(Column.RECORD)
    link = row[at].link if at is not None and at < len(row) else None
    return link or _text(row, at) or None


def _extra(row: Row, layout: Layout) -> dict[str, str]:
    """Columns without a name of ours, and words in the others that we cannot read."""
    kept = {heading: _text(row, at) for at, heading in layout.extra}
    for column, read in _WORDS:
        at = layout.places.get(column)
        if at is not None and (said := _text(row, at)) and read(said) is None:
            kept[layout.headings[at]] = said
    return kept


_WORDS = (
    (Column.TYPE, cells.read_direction),
    (Column.CONNECT, cells.read_connected),
    (Column.DURATION, cells.read_duration),
)


def _text(row: Row, at: int | None) -> str:
    return "" if at is None or at >= len(row) else row[at].text.strip()
