"""`/api/v1/accounts`: what goes in, what comes out, and what never does."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.api.conftest import NOON, Office

pytestmark = pytest.mark.anyio

PATH = "/api/v1/accounts"
KEY, PASSWORD = "canary-lirax-key-5317", "canary-history-password-5317"
SHOP: dict[str, Any] = {
    "name": "shop",
    "url": "https://lirax.example.com/general",
    "token": KEY,
    "timezone": "Europe/Warsaw",
    "lines": 4,
    "extensions": ["101", 102],
    "modems": ["+38 (067) 123-45-67"],
    "history_url": "https://history.example.com",
    "history_login": "dzvin",
    "history_password": PASSWORD,
    "push_suppressions": True,
}


async def add(office: Office, **more: Any) -> dict[str, Any]:
    answer = await office.admin.post(PATH, json={**SHOP, **more})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_account_is_added_and_shown_without_its_secrets(office: Office) -> None:
    added = await add(office)
    made = added.pop("webhook_token")
    assert len(made) == 40
    assert added == {
        "id": 2,
        "name": "shop",
        "state": "open",
        "url": "https://lirax.example.com/general",
        "timezone": "Europe/Warsaw",
        "lines": 4,
        "lines_busy": 0,
        "campaigns_running": 0,
        "extensions": ["101", "102"],
        "modems": ["380671234567"],
        "used_modems": [],
        "history_url": "https://history.example.com",
        "history_login": "dzvin",
        "push_suppressions": True,
        "caps": {"per_day": None, "per_week": None},
        "has_token": True,
        "has_webhook_token": True,
        "has_next_webhook_token": False,
        "has_history_password": True,
        "capabilities": None,
        "webhook_url": "http://127.0.0.1:8000/lirax/shop",
        "hold": None,
        "last_webhook_at": None,
        "closed_at": None,
        "from_environment": {},
    }
    assert (await office.reader.get(f"{PATH}/shop")).json() == added
    listed = (await office.reader.get(PATH)).json()
    assert [item["name"] for item in listed["items"]] == ["default", "shop"]
    assert [item["name"] for item in (await office.reader.get(f"{PATH}?limit=1")).json()["items"]] == [
        "default"
    ]
    assert [item["name"] for item in (await office.reader.get(f"{PATH}?cursor=1")).json()["items"]] == [
        "shop"
    ]


async def test_only_what_is_given_is_changed(office: Office) -> None:
    before = await add(office)
    changed = await office.admin.patch(f"{PATH}/shop", json={"lines": 9, "extensions": None})
    assert changed.status_code == 200
    assert changed.json() == {
        **{name: value for name, value in before.items() if name != "webhook_token"},
        "lines": 9,
        "extensions": None,
    }
    assert office.house.accounts.find("shop").token == KEY


async def test_each_contact_cap_is_set_and_ended_for_itself(office: Office) -> None:
    async def patched(caps: object) -> object:
        changed = await office.admin.patch(f"{PATH}/default", json={"caps": caps})
        assert changed.status_code == 200, changed.text
        return changed.json()["caps"]

    assert await patched({"per_day": 1, "per_week": 3}) == {"per_day": 1, "per_week": 3}
    assert await patched({"per_week": "7"}) == {"per_day": 1, "per_week": 7}
    assert await patched({"per_day": None}) == {"per_day": None, "per_week": 7}
    assert await patched(None) == {"per_day": None, "per_week": None}


WRONG = [
    ({"name": "two words"}, "name"),
    ({"name": ""}, "name"),
    ({"name": "x" * 41}, "name"),
    ({"url": "http://lirax.example.com"}, "url"),
    ({"url": None}, "url"),
    ({"url": 5}, "url"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"lines": 0}, "lines"),
    ({"lines": True}, "lines"),
    ({"lines": "many"}, "lines"),
    ({"extensions": "101"}, "extensions"),
    ({"extensions": ["reception"]}, "extensions"),
    ({"modems": [True]}, "modems"),
    ({"token": "line\nbreak"}, "token"),
    ({"push_suppressions": "yes"}, "push_suppressions"),
    ({"history_url": "ftp://history.example.com"}, "history_url"),
    ({"colour": "green"}, "colour"),
    ({"caps": {"per_day": 0}}, "caps.per_day"),
    ({"caps": {"per_week": True}}, "caps.per_week"),
    ({"caps": {"per_month": 3}}, "caps.per_month"),
    ({"caps": 3}, "caps"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
async def test_what_is_wrong_is_named_by_its_field(office: Office, wrong: dict[str, Any], field: str) -> None:
    answer = await office.admin.post(PATH, json={**SHOP, **wrong})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert KEY not in answer.text


async def test_all_mistakes_are_named_at_once(office: Office) -> None:
    await add(office)
    answer = await office.admin.patch(f"{PATH}/shop", json={"lines": 0, "timezone": "Nowhere", "url": ""})
    assert {error["field"] for error in answer.json()["errors"]} == {"lines", "timezone", "url"}


async def test_a_name_is_taken_once(office: Office) -> None:
    await add(office)
    assert (await office.admin.post(PATH, json=SHOP)).status_code == 409
    assert (await office.admin.post(PATH, json={**SHOP, "name": "default"})).status_code == 409


async def test_what_the_environment_sets_of_default_is_refused_with_its_variable(office: Office) -> None:
    answer = await office.admin.patch(f"{PATH}/default", json={"token": "x", "lines": 5, "extensions": ["1"]})
    assert answer.status_code == 422
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
        "token": "is set by DZVIN_LIRAX_TOKEN for the account default: change it there and start again",
        "lines": "is set by DZVIN_LINES for the account default: change it there and start again",
    }
    free = {"extensions": ["101"], "modems": ["380671234567"], "push_suppressions": True}
    history = {"history_url": "https://h.example.com", "history_login": "me", "history_password": PASSWORD}
    assert (await office.admin.patch(f"{PATH}/default", json={**free, **history})).status_code == 200
    facts = office.house.accounts.find("default")
    assert facts.extensions == ("101",)
    assert facts.history is not None
    assert facts.history.password == PASSWORD


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "https://other.example.com/general"}, "token"),
        ({"history_url": "https://other.example.com"}, "history_password"),
    ],
)
async def test_a_secret_is_asked_for_again_when_its_host_changes(
    office: Office, change: dict[str, str], field: str
) -> None:
    await add(office)
    answer = await office.admin.patch(f"{PATH}/shop", json=change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await office.admin.patch(f"{PATH}/shop", json={**change, field: "new"})).status_code == 200
    same_host = {"url": "https://lirax.example.com/another-path"}
    if field == "history_password":
        assert (await office.admin.patch(f"{PATH}/shop", json=same_host)).status_code == 200


async def test_a_closed_account_takes_no_campaign_and_says_so(office: Office) -> None:
    await add(office, extensions=None)
    campaign = await office.started(account="shop", recipients=[{"phone": "0671234567"}])
    draft = await office.create(name="Draft", account="shop")
    closed = await office.admin.post(f"{PATH}/shop/close")
    assert closed.json()["state"] == "closed"
    assert closed.json()["closed_at"] == NOON.isoformat().replace("+00:00", "Z")
    assert (await office.admin.post(f"{PATH}/shop/close")).status_code == 409
    reason = "The LiraX account shop is closed: nobody is called through it until it is reopened."
    told = (await office.reader.get(f"/api/v1/campaigns/{campaign['id']}")).json()
    assert (told["state"], told["reason"]) == ("running", reason)
    started = await office.admin.post(f"/api/v1/campaigns/{draft['id']}/start")
    assert started.status_code == 409
    new = await office.admin.post(
        "/api/v1/campaigns", json={"name": "New", "account": "shop", "from": "1", "call": {"connect": "5"}}
    )
    assert new.status_code == 422
    assert [error["field"] for error in new.json()["errors"]] == ["account"]
    assert (await office.admin.post(f"{PATH}/shop/reopen")).json()["state"] == "open"
    assert (await office.admin.post(f"/api/v1/campaigns/{draft['id']}/start")).status_code == 200
    assert (await office.admin.post(f"{PATH}/shop/reopen")).status_code == 409


async def test_two_webhook_keys_are_good_until_the_rotation_is_finished(office: Office) -> None:
    first = (await add(office))["webhook_token"]
    rotated = (await office.admin.post(f"{PATH}/shop/rotate-webhook", json={})).json()
    second = rotated["webhook_token"]
    assert rotated["has_next_webhook_token"]

    async def heard(token: str, account: str = "shop") -> int:
        form = {"cmd": "staton", "ext": "101", "status": "1", "from_LiraX_token": token}
        return (await office.nobody.post(f"/lirax/{account}", data=form)).status_code

    assert [await heard(first), await heard(second), await heard("wrong")] == [200, 200, 401]
    assert [await heard(first, "default"), await heard(first, "nowhere")] == [401, 401]
    finished = await office.admin.post(f"{PATH}/shop/rotate-webhook", json={"finish": True})
    assert (finished.status_code, finished.json()["webhook_token"]) == (200, None)
    assert [await heard(first), await heard(second)] == [401, 200]
    assert (await office.admin.post(f"{PATH}/shop/rotate-webhook", json={"finish": True})).status_code == 409


async def test_the_key_of_default_is_rotated_by_way_of_the_environment(office: Office) -> None:
    second = (await office.admin.post(f"{PATH}/default/rotate-webhook", json={})).json()["webhook_token"]
    for token in ("canary-webhook-token", second):
        form = {"cmd": "staton", "ext": "101", "status": "1", "from_LiraX_token": token}
        assert (await office.nobody.post("/lirax", data=form)).status_code == 200
    answer = await office.admin.post(f"{PATH}/default/rotate-webhook", json={"finish": True})
    assert answer.status_code == 409
    assert "DZVIN_WEBHOOK_TOKEN" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"account": "shopp"}, "account"),
        ({"from": "103"}, "from"),
        ({"sms": {"modem": "380990000000"}}, "sms.modem"),
        ({"sms": {"modem": "380671234567", "ext": "7"}}, "sms.ext"),
        (
            {"rules": [{"when": {"key": "1"}, "task": {"ext": "9", "text": "Call"}}]},
            "rules.0.task.ext",
        ),
        (
            {"rules": [{"when": {"key": "1"}, "message": {"ext": "9", "text": "Hello"}}]},
            "rules.0.message.ext",
        ),
    ],
)
async def test_a_campaign_keeps_to_what_its_account_has(
    office: Office, more: dict[str, Any], field: str
) -> None:
    await add(office)
    definition = {"name": "Reminder", "account": "shop", "from": "101", "call": {"connect": "5001"}, **more}
    answer = await office.admin.post("/api/v1/campaigns", json=definition)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field


async def test_an_unknown_account_is_named_with_those_that_there_are(office: Office) -> None:
    await add(office)
    definition = {"name": "Reminder", "account": "bank", "from": "101", "call": {"connect": "5001"}}
    [error] = (await office.admin.post("/api/v1/campaigns", json=definition)).json()["errors"]
    assert error["message"] == "there is no LiraX account “bank”; known here: default, shop"


async def test_hours_and_moments_are_those_of_the_account_s_zone(office: Office) -> None:
    await add(office)
    campaign = await office.create(account="shop", start="2026-12-02 09:00")
    started = (await office.admin.post(f"/api/v1/campaigns/{campaign['id']}/start")).json()
    assert started["reason"] == "Starts at Wed 2 Dec 09:00 (Europe/Warsaw)."


async def test_an_account_that_is_not_there_is_404(office: Office) -> None:
    for path in ("nowhere", "nowhere/close", "nowhere/reopen"):
        method = "GET" if path == "nowhere" else "POST"
        assert (await office.admin.request(method, f"{PATH}/{path}")).status_code == 404
    assert (await office.admin.patch(f"{PATH}/nowhere", json={"lines": 5})).status_code == 404


async def test_no_secret_lies_readable_in_the_database_an_answer_or_a_log(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = [(await office.admin.post(PATH, json=SHOP)).text]
    made = (await office.admin.post(f"{PATH}/shop/rotate-webhook", json={})).json()["webhook_token"]
    form = {"cmd": "staton", "ext": "101", "status": "1", "from_LiraX_token": made}
    await office.nobody.post("/lirax/shop", data=form)
    for path in (f"{PATH}/shop", PATH, "/api/v1/campaigns", "/readyz", "/metrics", "/openapi.json"):
        texts.append((await office.admin.get(path)).text)
    texts.append((await office.admin.patch(f"{PATH}/shop", json={"url": "https://x.example.com"})).text)
    texts.append(
        repr(office.house) + repr(office.house.accounts.all()) + caplog.text + "".join(capfd.readouterr())
    )
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {"dzvin.db", "dzvin.db-wal"} <= {path.name for path in files}
    kept = b"".join(path.read_bytes() for path in files)
    assert b"lirax.example.com" in kept  # the account is there
    for canary in (KEY, PASSWORD, made):
        assert canary.encode() not in kept
        assert all(canary not in text for text in texts)
