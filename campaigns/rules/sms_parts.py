"""How many messages a text costs, and which character makes it dear (3GPP TS 23.038 and 23.040).

Seven-bit text holds 160 septets in one message, 153 in each of several; characters of the extension take two.
One character outside it makes all of the text UCS-2: 70 UTF-16 units in one message, 67 in each of several.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a septet, never in two different messages


class SmsParts(NamedTuple):
    """`offender` is the first character that GSM-7 lacks; None while the text is GSM-7."""

    parts: int
    encoding: Literal["GSM-7", "UCS-2"]
    offender: str | None


def count_parts(text: str) -> SmsParts:
    """An empty text has no part."""
    offender = next((character for character in text if character not in BASIC | EXTENSION), None)
    if offender is None:
        sizes = [2 if character in EXTENSION else 1 for character in text]
        return SmsParts(_parts(sizes, alone=160, together=153), "GSM-7", None)
    sizes = [2 if character > "\uffff" else 1 for character in text]  # two: a surrogate pair
    return SmsParts(_parts(sizes, alone=70, together=67), "UCS-2", offender)


def _parts(sizes: list[int], *, alone: int, together: int) -> int:
    """How many messages hold characters of these sizes, none of them divided."""
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    return _filled(sizes, together)


def _filled(sizes: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
