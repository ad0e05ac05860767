"""The numbers that LiraX names, as we keep them."""

from campaigns.lists.numbers import NumberError, read_number

COUNTRY = "UA"  # of numbers that LiraX sends in a national form


def digits_of(phone: str) -> str | None:
    """The number as we keep it, from whatever form; None for a name instead of a number."""
    try:
        return read_number(phone, country=COUNTRY).digits
    except NumberError:
        return phone if phone.isascii() and phone.isdigit() else None
