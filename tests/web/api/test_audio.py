"""`/audio/{name}`: sounds for LiraX, which signs in nowhere."""

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import audio
from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio


async def host(office: Office, name: str, kind: str) -> None:
    campaign = await office.create()

    def add(connection: Connection) -> None:
        audio.add(
            connection,
            CampaignId(campaign["id"]),
            name=name,
            content_type=kind,
            body=b"ID3 sound",
            now=office.clock.now(),
        )

    await office.house.database.write(add)


async def test_a_sound_is_served_to_anybody_who_knows_its_name(office: Office) -> None:
    await host(office, "unguessable.mp3", "audio/mpeg")
    answer = await office.nobody.get("/audio/unguessable.mp3")
    assert (answer.status_code, answer.content) == (200, b"ID3 sound")
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "attachment"


async def test_head_tells_the_size_without_the_sound(office: Office) -> None:
    await host(office, "unguessable.mp3", "audio/mpeg")
    answer = await office.nobody.head("/audio/unguessable.mp3")
    assert (answer.status_code, answer.headers["content-length"]) == (200, "9")


async def test_nothing_but_sound_is_ever_served(office: Office) -> None:
    await host(office, "page.mp3", "text/html")
    for name in ("page.mp3", "nothing.mp3", "..%2F..%2Fetc%2Fpasswd"):
        assert (await office.nobody.get(f"/audio/{name}")).status_code == 404
