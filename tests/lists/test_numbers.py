"""Numbers as people write them; every row says how it is read for Ukraine unless it names another country."""

import random

import phonenumbers
import pytest

from campaigns.lists.number_patterns import fast_pattern
from campaigns.lists.numbers import NumberError, _read_slowly, read_number

READ = [
    # as written, country, digits
    ("0671234567", "UA", "380671234567"),
    ("067 123-45-67", "UA", "380671234567"),
    ("(067) 123 45 67", "UA", "380671234567"),
    ("067.123.45.67", "UA", "380671234567"),
    ("067/123-45-67", "UA", "380671234567"),
    ("671234567", "UA", "380671234567"),
    ("380671234567", "UA", "380671234567"),
    ("+380671234567", "UA", "380671234567"),
    ("+38 (067) 123-45-67", "UA", "380671234567"),
    ("38 067 123 45 67", "UA", "380671234567"),
    ("+380 (0) 67 123 45 67", "UA", "380671234567"),
    ("80 67 123 45 67", "UA", "380671234567"),
    ("8 (067) 123-45-67", "UA", "380671234567"),
    ("00380671234567", "UA", "380671234567"),
    ("044 234 56 78", "UA", "380442345678"),
    ("067\u00a0123\u202f45\u201167", "UA", "380671234567"),  # unbreakable spaces and hyphen
    ("\u202a+380671234567\u202c", "UA", "380671234567"),  # copied from a phone's contacts
    ("\uff10\uff16\uff17\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "UA", "380671234567"),  # wide digits
    ("тел. 0671234567", "UA", "380671234567"),
    ("моб: 067 123 45 67", "UA", "380671234567"),
    ("'+380671234567", "UA", "380671234567"),
    ('="0671234567"', "UA", "380671234567"),
    ("0671234567;", "UA", "380671234567"),
    ("067 123 45 67 / +380671234567", "UA", "380671234567"),  # twice the same number
    ("380671234567.0", "UA", "380671234567"),
    (380671234567, "UA", "380671234567"),
    (380671234567.0, "UA", "380671234567"),
    (671234567, "UA", "380671234567"),
    ("0800 500 500", "UA", "380800500500"),
    ("48601234567", "UA", "48601234567"),  # no number of Ukraine, but a good one of Poland
    ("+48 601 234 567", "UA", "48601234567"),
    ("601 234 567", "PL", "48601234567"),
    ("8 (916) 123-45-67", "RU", "79161234567"),
    ("8 029 123 45 67", "BY", "375291234567"),
    ("(202) 555-0123", "US", "12025550123"),
    ("030/123456", "DE", "4930123456"),
    ("06 1234 5678", "IT", "390612345678"),
]

REFUSED = [
    # as written, country, a word of the reason
    ("", "UA", "empty"),
    ("   ", "UA", "empty"),
    (None, "UA", "does not hold"),
    (True, "UA", "does not hold"),
    (["0671234567"], "UA", "does not hold"),
    ("немає", "UA", "no number"),
    ("3.80671E+11", "UA", "damaged by a spreadsheet"),
    ("3,80671E+11", "UA", "damaged by a spreadsheet"),
    ("3.80671234567E+11", "UA", "damaged by a spreadsheet"),
    ("3.80671е+11", "UA", "damaged by a spreadsheet"),  # a Cyrillic е
    ("6712345.67", "UA", "amount"),
    ("067 123 45 67, 050 765 43 21", "UA", "more than one number"),
    ("0671234567/0507654321", "UA", "more than one number"),
    ("0671234567 або 0507654321", "UA", "more than one number"),
    ("0671234567, Олена", "UA", "something else"),
    ("0671234567 Олена", "UA", "letters"),
    ("044 234 56 78 доб. 12", "UA", "letters"),
    ("O671234567", "UA", "letters"),  # a letter O
    ("067 123 45 6?", "UA", "signs"),
    ("067123456", "UA", "too few digits"),
    ("06712345678", "UA", "too many digits"),
    ("38067123456", "UA", "too few digits"),
    ("3806712345678", "UA", "too many digits"),
    ("123 45 67", "UA", "too few digits"),
    ("+0671234567", "UA", "no country"),
    ("+999 123 456 789", "UA", "no country"),
    ("5555", "UA", "too short"),
    ("102", "UA", "emergency"),
    ("112", "UA", "emergency"),
    ("911", "US", "emergency"),
    ("110", "DE", "emergency"),
    ("0900 212 345", "UA", "premium"),
    ("+1 900 234 5678", "UA", "premium"),
    ("+881 6 12345678", "UA", "satellite"),
    ("+979 123 456 789", "UA", "premium"),
    ("9" * 1_000_000, "UA", "long text"),
    ("0671234567\0", "UA", "signs"),
]

POSSIBLE = ["19101234567", "12101234567", "380112345678", "380123456789", "380234567890"]


@pytest.mark.parametrize(("written", "country", "digits"), READ)
def test_a_number_is_read_as_people_write_it(written: object, country: str, digits: str) -> None:
    assert read_number(written, country=country) == (digits, None)


@pytest.mark.parametrize(("written", "country", "reason"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_is_no_number_is_refused_with_the_reason(written: object, country: str, reason: str) -> None:
    with pytest.raises(NumberError, match=reason):
        read_number(written, country=country)


@pytest.mark.parametrize("written", POSSIBLE)
def test_a_possible_number_of_no_known_range_is_taken_with_a_warning(written: str) -> None:
    digits, warning = read_number(written, country="UA")
    assert digits == written
    assert warning is not None
    assert "range" in warning


REGIONS = "UA PL DE GB US FR IT ES TR RU KZ BY MD RO CZ AT BR MX AR IN AU CN JP SE".split()  # noqa: SIM905


def _spellings(region: str, chance: random.Random) -> str:
    """A number as somebody of that region might write it, good or nearly so."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    example = phonenumbers.example_number_for_type(region, chance.choice([0, 1]))
    national = phonenumbers.national_significant_number(example) if example else "123456789"
    kept = chance.randint(1, 5)
    tail = [chance.choice("0123456789") for _ in national[kept:]]
    code = str(metadata.country_code)
    prefix = chance.choice(
        ["", code, f"+{code}", f"00{code}", metadata.national_prefix or "", "0", "1", "8", "80"]
    )
    return prefix + national[:kept] + "".join(tail[: len(tail) - chance.choice([0, 0, 0, 0, 1])])


@pytest.mark.parametrize("region", REGIONS)
def test_the_fast_way_reads_as_the_library_does(region: str) -> None:
    chance = random.Random(region)
    pattern, code = fast_pattern(region)
    for _ in range(400):
        written = _spellings(region, chance)
        match = pattern.fullmatch(written)
        if match is None:
            continue
        digits = code + match["national"]
        assert _read_slowly(written, region) == (digits, None), written
        if region == "UA" and written.startswith("80"):
            continue  # the old trunk prefix is ours; the library does not know it
        parsed = phonenumbers.parse(written, region)
        assert phonenumbers.is_valid_number(parsed), written
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == f"+{digits}", (
            written
        )


def test_nearly_all_numbers_of_ukraine_go_the_fast_way() -> None:
    pattern, _ = fast_pattern("UA")
    written = ["0671234567", "+380671234567", "380671234567", "80671234567", "671234567", "00380671234567"]
    assert all(pattern.fullmatch(number) for number in written)
