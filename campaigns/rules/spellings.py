"""Whether two spellings may mean one telephone number: with the country, with 0, or without either."""

TELLING_DIGITS = 9


def same_number(one: str, other: str) -> bool:
    return telling(one) == telling(other)


def telling(number: str) -> str:
    """What numbers can be compared by: the last digits of a long one, all of a short one."""
    return "".join(character for character in number if character.isdigit())[-TELLING_DIGITS:]
