"""Numbers on LiraX's own blacklist → the digits of our do-not-call list. Pure."""

from campaigns.lists.numbers import NumberError, read_number

_BETWEEN_DIGITS = str.maketrans("", "", " \t()+-.")
INTERNATIONAL = range(10, 16)  # digits of a number with its country code; national ones begin with 0


def read_blacklisted(written: str, *, country: str) -> str | None:
    """Its digits, read as somebody in `country` would; None where nobody can tell which number is meant.

    LiraX writes digits with the country code. Such digits are kept as they are even where no such number is
    known to exist: it does no harm never to call it.
    """
    try:
        return read_number(written, country=country).digits
    except NumberError:
        digits = written.translate(_BETWEEN_DIGITS)
        is_whole = digits.isascii() and digits.isdecimal() and len(digits) in INTERNATIONAL
        return digits if is_whole and not digits.startswith("0") else None
