"""What LiraX has, where somebody writes a definition or looks at a campaign."""

import pytest
from sqlalchemy import Connection

from campaigns.rules.directories import Employee, Entry, Shop, Stage
from campaigns.rules.vocabulary import AccountId, CampaignId, CampaignState, DirectoryKind
from campaigns.store import directories
from engine.house import House
from tests.builders import DEFINITION, NOON, a_campaign
from tests.web.pages.browsing import Browser

pytestmark = pytest.mark.anyio

ENTRIES: dict[DirectoryKind, list[Entry]] = {
    DirectoryKind.USERS: [Employee("101", "Dima"), Employee("300", "Gone", active=False)],
    DirectoryKind.STAGES: [Stage(1, "New")],
    DirectoryKind.SHOPS: [Shop(7, "Main")],
}


async def known(
    house: House, *, campaign: CampaignState | None = None, ext: str = "101"
) -> CampaignId | None:
    def write(connection: Connection) -> CampaignId | None:
        for kind, entries in ENTRIES.items():
            directories.save(connection, AccountId(1), kind, entries=entries, now=NOON)
        if campaign is None:
            return None
        return a_campaign(connection, state=campaign, definition={**DEFINITION, "from": ext})

    return await house.database.write(write)


async def test_who_writes_a_definition_sees_what_may_be_named(house: House, admin: Browser) -> None:
    await known(house)
    seen = await admin.see("/campaigns/new")
    assert "Extensions, for from and ext 101 Dima" in seen
    assert "Deal stages, for stage 1 New" in seen
    assert "Shops 7 Main" in seen
    assert "Gone" not in seen


async def test_before_lirax_was_asked_the_page_says_so(admin: Browser) -> None:
    assert "LiraX has not been asked yet." in await admin.see("/campaigns/new")


async def test_a_definition_with_an_unknown_extension_makes_no_campaign(house: House, admin: Browser) -> None:
    await known(house)
    text = b'name: A\nfrom: "999"\ncall: {play: "https://files.example.com/a.mp3"}\n'
    answer = await admin.upload("/campaigns", definition=("a.yaml", text))
    # This house has no key, so nobody can be asked again: that is no problem of the definition.
    assert answer.status_code == 303
    assert "could not be checked against LiraX" in await admin.see(answer.headers["location"])


@pytest.mark.parametrize(
    ("state", "ext", "warned"),
    [
        (CampaignState.RUNNING, "109", "from: LiraX has no extension 109"),
        (CampaignState.RUNNING, "300", "from: 300 (Gone) is switched off in LiraX."),
        (CampaignState.RUNNING, "101", None),
        (CampaignState.FINISHED, "109", None),
    ],
)
async def test_a_campaign_whose_extension_is_gone_is_warned_about(
    house: House, admin: Browser, state: CampaignState, ext: str, warned: str | None
) -> None:
    campaign_id = await known(house, campaign=state, ext=ext)
    seen = await admin.see(f"/campaigns/{campaign_id}")
    assert (warned in seen) if warned else ("in LiraX" not in seen and "LiraX has no" not in seen)
