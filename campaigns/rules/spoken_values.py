"""Money, dates and times as people write them, brought into the one form an IVR can speak.

`1 250,5` becomes `1250.50`, `2026-12-01` becomes `01.12.2026`, `9:30` becomes `09:30`. What may mean two
things (`1,250`) is refused, never guessed: the person would hear another sum.
"""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

_CURRENCY = r"(?:грн\.?|гривень|гривні|гривня|uah|usd|eur|₴|\$|€)"
_AROUND = re.compile(rf"^{_CURRENCY}\s*|\s*{_CURRENCY}$", re.IGNORECASE)
_SPACES = re.compile(r"[\s'’ʼ]")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_SPACED = re.compile(r"[0-9]{1,3}(?:[\s'’ʼ][0-9]{3})+(?:[.,][0-9]+)?")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_NO_SUM = "“{}” is not a sum of money; write it like 1250.50"
_LONGEST_SHOWN = 40
_LONGEST_SUM = 60  # signs, spaces and currency included
_WHOLE_DIGITS = 15  # more cannot be a sum of money, and would not fit a float elsewhere
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII)
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?", re.ASCII)
_DAY_WORDS = frozenset({"today", "tomorrow"})


def read_money(value: object) -> Decimal:
    """The sum, rounded to two decimals. Raises ValueError with a sentence when it is none, or may be two."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _rounded(Decimal(str(value)), value)
    text = str(value).strip()
    if len(text) > _LONGEST_SUM:
        raise ValueError(_NO_SUM.format(_shown(value)))
    text = _AROUND.sub("", text).strip()
    if text[:1] in ("-", "−"):
        return -_rounded(Decimal(_digits(text[1:].strip(), value)), value)
    return _rounded(Decimal(_digits(text, value)), value)


def _digits(text: str, value: object) -> str:
    if _TWO_WAYS.fullmatch(text):
        raise ValueError(f"“{_shown(value)}” may mean thousands or decimals; write it like 1250.50")
    if _PLAIN.fullmatch(text) or _SPACED.fullmatch(text):
        return _SPACES.sub("", text).replace(",", ".")
    if _COMMAS.fullmatch(text):
        return text.replace(",", "")
    if _DOTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    raise ValueError(_NO_SUM.format(_shown(value)))


def _rounded(amount: Decimal, value: object) -> Decimal:
    if not amount.is_finite() or amount.adjusted() >= _WHOLE_DIGITS:
        raise ValueError(_NO_SUM.format(_shown(value)))
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def write_money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def read_date(value: object) -> date:
    """The day; a time of day beside it is left out. Raises ValueError with a sentence."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if found := _ISO_DATE.fullmatch(text):
        return _day(found[1], month=found[2], day=found[3], value=value)
    if found := _DOTTED_DATE.fullmatch(text):
        year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
        return _day(year, month=found[2], day=found[1], value=value)
    raise ValueError(f"“{_shown(value)}” is not a date; write it like 2026-12-01 or 01.12.2026")


def _day(year: str, *, month: str, day: str, value: object) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"“{_shown(value)}” is not a day of the calendar") from None


def write_date(day: date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def spoken_money(value: object) -> str:
    """`1250.50`, as the IVR variable wants it. Raises ValueError with a sentence; below zero is refused."""
    amount = read_money(value)
    if amount < 0:
        raise ValueError(f"“{_shown(value)}” is below zero, which an IVR cannot say")
    return write_money(amount)


def spoken_date(value: object) -> str:
    """`01.12.2026`, or one of the words `today` and `tomorrow`. Raises ValueError with a sentence."""
    if isinstance(value, str) and value.strip().lower() in _DAY_WORDS:
        return value.strip().lower()
    return write_date(read_date(value))


def spoken_time(value: object) -> str:
    """`09:30`; seconds are left out. Raises ValueError with a sentence."""
    if isinstance(value, datetime | time):
        return f"{value.hour:02}:{value.minute:02}"
    found = _TIME.fullmatch(str(value).strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"“{_shown(value)}” is not a time of day; write it like 12:30")
    return f"{int(found[1]):02}:{found[2]}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
