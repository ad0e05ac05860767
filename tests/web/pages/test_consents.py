"""The page of consents and the page of profiles: one test a promise."""

import pytest

from campaigns.profiles import NOT_LEGAL_ADVICE, profile_names
from campaigns.store import consents
from engine.house import House
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio

PATH = "/consent"


async def test_an_empty_record_says_how_consent_comes_there(admin: Browser) -> None:
    seen = await admin.see(PATH)
    assert "0 numbers have consent on record" in seen
    assert "dzvin consent add" in seen


async def test_consent_is_recorded_and_withdrawn(house: House, admin: Browser) -> None:
    answer = await admin.submit(
        PATH, phone="067 123-45-67", source="Fair in Lviv", given="2026-11-30", proof="card 5"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    seen = await admin.see(PATH)
    assert "1 number has consent on record" in seen
    assert "Fair in Lviv" in seen
    await admin.submit(f"{PATH}/withdraw", phone="380671234567")
    entry = await house.database.read(lambda reading: consents.get(reading, "380671234567"))
    assert entry is not None
    assert entry.withdrawn_at is not None
    assert "0 numbers have consent on record" in await admin.see(PATH)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"phone": "12", "source": "Fair"}, "Not recorded"),
        ({"phone": "0671234567", "source": "Fair", "given": "lately"}, "is not a date"),
        ({"phone": "0671234567", "source": " "}, "Say where the consent was given."),
        ({"phone": "0671234567", "source": "Fair", "given": "2099-01-01"}, "in the future"),
    ],
)
async def test_what_is_wrong_is_told_and_stays_in_the_form(
    admin: Browser, fields: dict[str, str], told: str
) -> None:
    answer = await admin.submit(PATH, **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{fields["phone"]}"' in answer.text


async def test_the_profiles_are_shown_with_their_law_and_no_advice(admin: Browser) -> None:
    seen = await admin.see("/profiles")
    assert NOT_LEGAL_ADVICE in seen
    for name in profile_names():
        assert f"{name}: " in seen
    assert "article 25" in seen
    assert "761" in seen


async def test_both_pages_are_linked_from_the_do_not_call_list(admin: Browser) -> None:
    answer = await admin.get("/do-not-call")
    assert 'href="/consent"' in answer.text
    assert 'href="/profiles"' in (await admin.get(PATH)).text
