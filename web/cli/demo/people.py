"""The sample list: some 300 people of Ukraine, none of them real, always the same.

It is written the way lists come out of offices: Windows-1251, semicolons, every spelling of a number, a few
numbers twice and a few that cannot be called, so that the import has something to show.
"""

import random
from pathlib import Path

PEOPLE = 300
SEED = 1991
HEADER = ("ПІБ", "Телефон", "Сума", "Сплатити до", "Місто")

WOMEN = ("Олена", "Оксана", "Наталія", "Ірина", "Марія", "Софія", "Юлія", "Тетяна", "Ганна", "Соломія")
MEN = ("Андрій", "Богдан", "Тарас", "Олександр", "Дмитро", "Максим", "Юрій", "Назар", "Ігор", "Остап")
FAMILIES = ("Шевченко", "Коваленко", "Бондаренко", "Ткаченко", "Кравченко", "Мельник", "Поліщук", "Савчук")
FAMILIES_TOO = ("Гнатюк", "Лисенко", "Руденко", "Марченко", "Гаврилюк", "Петренко", "Ємець", "Їжакевич")
CITIES = (
    "Київ",
    "Львів",
    "Харків",
    "Одеса",
    "Дніпро",
    "Чернігів",
    "Полтава",
    "Ужгород",
    "Кам'янець-Подільський",
)
OPERATORS = ("67", "68", "96", "97", "98", "50", "66", "95", "99", "63", "73", "93")
SPOILT = ("3,80671E+11", "немає", "12345", "+38067123456789012", "")


def write_list(path: Path) -> None:
    lines = [";".join(cells) for cells in [HEADER, *_rows()]]
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1251"))


def _rows() -> list[tuple[str, ...]]:
    chance = random.Random(SEED)  # noqa: S311  no secret is made of it
    numbers = [_number(place, chance) for place in range(PEOPLE)]
    rows = [_row(number, chance) for number in numbers]
    twice = [(row[0], f"80{number}", *row[2:]) for row, number in zip(rows[5:9], numbers[5:9], strict=True)]
    for place, spoilt in enumerate(SPOILT):
        rows.insert(40 * place + 17, (rows[place][0], spoilt, *rows[place][2:]))
    return [*rows, *twice]


def _number(place: int, chance: random.Random) -> str:
    """Nine digits without the leading 0; the place keeps them apart."""
    return f"{chance.choice(OPERATORS)}{place:03}{chance.randrange(10_000):04}"


def _row(number: str, chance: random.Random) -> tuple[str, ...]:
    families = FAMILIES + FAMILIES_TOO
    name = f"{chance.choice(families)} {chance.choice(WOMEN + MEN)}"
    hryvnias, kopecks = chance.randrange(80, 9_000), chance.randrange(0, 100, 5)
    amount = (
        f"{hryvnias // 1000} {hryvnias % 1000:03},{kopecks:02}"
        if hryvnias >= 1000
        else f"{hryvnias},{kopecks:02}"
    )
    due = f"{chance.randrange(1, 29):02}.12.2026"
    return name, _spelt(number, chance), amount, due, chance.choice(CITIES)


def _spelt(number: str, chance: random.Random) -> str:
    operator, first, second, third = number[:2], number[2:5], number[5:7], number[7:]
    return chance.choice(
        (
            f"0{number}",
            f"380{number}",
            f"+380{number}",
            f"80{number}",
            f"0{operator} {first}-{second}-{third}",
            f"(0{operator}) {first} {second} {third}",
            f"+38 (0{operator}) {first}-{second}-{third}",
        )
    )
