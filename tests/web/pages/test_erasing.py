"""The person's page lets an administrator erase them, asking once more first."""

import pytest
from sqlalchemy import select

from engine.house import House
from tests.builders import table
from tests.web.pages.browsing import Browser
from tests.web.pages.test_person import put_there

pytestmark = pytest.mark.anyio


async def phones(house: House) -> list[str]:
    query = select(table("recipient").c.phone)
    return list(await house.database.read(lambda reading: reading.execute(query).scalars().all()))


async def test_an_administrator_is_asked_and_then_erases(house: House, admin: Browser) -> None:
    campaign, person, _ = await put_there(house)
    place = f"/campaigns/{campaign}/people/{person}"
    assert "Erase this person" in await admin.see(place)
    asked = await admin.submit(f"{place}/erase")
    assert "cannot be undone" in asked.text
    assert await phones(house) == ["380671234501"]
    done = await admin.submit(f"{place}/erase", confirm="yes")
    assert "The person is erased" in done.text
    assert "LiraX" in done.text
    assert await phones(house) == [""]
    seen = await admin.see(place)
    assert "Nothing is kept of who this was" in seen
    assert "Олена" not in seen
    assert "Erase this person" not in seen
    assert "nobody" in await admin.see(f"/campaigns/{campaign}")
    assert (await admin.submit(f"{place}/erase", confirm="yes")).status_code == 303


async def test_nobody_else_erases(house: House, marketer: Browser) -> None:
    campaign, person, _ = await put_there(house)
    place = f"/campaigns/{campaign}/people/{person}"
    assert "Erase this person" not in await marketer.see(place)
    assert (await marketer.submit(f"{place}/erase", confirm="yes")).status_code == 403
    assert await phones(house) == ["380671234501"]


async def test_somebody_who_is_not_there_is_not_found(house: House, admin: Browser) -> None:
    campaign, person, _ = await put_there(house)
    answer = await admin.submit(f"/campaigns/{campaign}/people/{person + 7}/erase", confirm="yes")
    assert answer.status_code == 404
