"""How long the page of a large campaign takes while the engine dials: real HTTP, a signed-in browser."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx

from campaigns.rules.vocabulary import CampaignId, Role, Scope
from campaigns.store.users import UserId
from engine.assembly import build_house, close_house
from engine.commands.keys import create_key
from engine.commands.people import create_user, open_session
from engine.settings import Settings
from tests.bench.filling import fill, settings_for
from tests.bench.serving import free_port, running
from tests.bench.simulating import SPEED
from tests.bench.table import Figure, middle, percentile95
from web.pages.desk import build_desk

PEOPLE, ASKED, WARM_UP = 100_000, 200, 20
HOW = (
    f"GET over real HTTP, {ASKED} times one after another, answered by the process that dials "
    f"10 lines against the simulator at {SPEED:.0f} times its speed; {PEOPLE:,} recipients"
)


class Prepared(NamedTuple):
    campaign_id: CampaignId
    cookies: Mapping[str, str]
    headers: Mapping[str, str]


async def prepare(settings: Settings) -> Prepared:
    """A database with the campaign, somebody signed in, and an API key."""
    house = await build_house(settings)
    try:
        campaign_id = await fill(house, PEOPLE)
        user_id: UserId = await create_user(
            house, "bench@example.com", password="correct horse battery", role=Role.ADMIN
        )
        session = await open_session(house, user_id)
        key = await create_key(house, "bench", scope=Scope.READ)
        cookies = {build_desk(house).cookie: session.token}
        return Prepared(campaign_id, cookies, {"Authorization": f"Bearer {key.key}"})
    finally:
        await close_house(house)


def times(client: httpx.Client, path: str) -> list[float]:
    """Milliseconds of each answer, after a few to warm up."""
    taken = []
    for _ in range(WARM_UP + ASKED):
        began = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise AssertionError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
    return taken[WARM_UP:]


def figures() -> Iterator[Figure]:
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running("simulating", f"http://127.0.0.1:{port}/lirax") as (lirax_port, _),
    ):
        path = Path(folder) / "dzvin.db"
        prepared = asyncio.run(prepare(settings_for(path, port=port)))
        lirax_url = f"http://127.0.0.1:{lirax_port}/general"
        with running("serving", str(path), lirax_url, str(port)):
            yield from _figures(f"http://127.0.0.1:{port}", prepared)


def _figures(url: str, prepared: Prepared) -> Iterator[Figure]:
    page, api = f"/campaigns/{prepared.campaign_id}", f"/api/v1/campaigns/{prepared.campaign_id}"
    asked = {
        "page of the campaign": page,
        "API: the campaign": api,
        "API: 50 of its recipients": f"{api}/recipients",
        "API: its pending recipients": f"{api}/recipients?state=pending",
    }
    with httpx.Client(
        base_url=url, cookies=dict(prepared.cookies), headers=prepared.headers, trust_env=False, timeout=60
    ) as client:
        for what, path in asked.items():
            taken = times(client, path)
            value = f"p50 {middle(taken):.0f} ms, p95 {percentile95(taken):.0f} ms"
            yield Figure(what, value, HOW, "p95 < 50 ms" if path == page else "")
