"""How numbers, addresses and texts are spelt for LiraX. Pure."""

import re

MAX_ID_LENGTH = 255  # real ids have some 13 to 30 characters; our indexes must be able to hold them
_LEADING_ZEROS = re.compile(r"(?<![0-9A-Fa-f])0+(?=[0-9A-Fa-f])")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def bare_number(text: str) -> str:
    """The number without what people put between digits: spaces, brackets, dashes, the plus."""
    return "".join(character for character in text if not character.isspace() and character not in "+()-")


def comparable_ip(text: str) -> str:
    """The address without leading zeros and in small letters, to compare by and never to send (C33)."""
    return _LEADING_ZEROS.sub("", text.strip().lower())


def sendable(text: str) -> str:
    """Half a character (a lone surrogate from somebody's JSON) cannot be sent: it goes as a question mark."""
    return _HALF_CHARACTERS.sub("?", text)


def is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def read_opaque_id(value: object) -> str | None:
    """An opaque id as text, byte for byte; None if there is none or it cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= MAX_ID_LENGTH and value.isprintable() else None


def read_whole_number(value: object) -> int | None:
    """A number that may come quoted; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) else None
