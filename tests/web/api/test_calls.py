"""`/api/v1/calls`, sentence by sentence of the contract."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, func, select, update

from campaigns.tables import Idempotency, Recipient
from engine.house import House
from tests.databases import Postgres
from tests.web.api.conftest import REMINDER, Office, an_office

pytestmark = pytest.mark.anyio

CALL: dict[str, Any] = {
    "campaign": REMINDER["name"],
    "phone": "067 123 45 67",
    "external_id": "inv-1",
    "data": {"name": "Олена", "amount": 1250},
}


async def trigger(office: Office, key: str | None = None, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await office.trigger.post("/api/v1/calls", json=CALL | more, headers=headers)


async def how_many_recipients(house: House) -> int:
    def count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(Recipient)).scalar_one()

    return await house.database.read(count)


async def test_a_triggered_call_is_201_with_all_that_is_known_of_it(office: Office) -> None:
    await office.started()
    answer = await trigger(office)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert set(body) == {
        *("id", "campaign", "phone", "external_id", "state", "outcome"),
        *("attempts", "keys", "due_at", "reason", "data"),
    }
    assert (body["campaign"], body["phone"], body["state"]) == ("Payment reminder", "380671234567", "pending")
    assert body["data"]["name"] == "Олена"
    assert body["due_at"] == "2026-12-01T10:00:00Z"
    assert body["reason"] == "Waiting for a free line."
    assert (await office.reader.get(f"/api/v1/calls/{body['id']}")).json() == body


async def test_the_campaign_may_be_named_by_its_id(office: Office) -> None:
    campaign = await office.started()
    assert (await trigger(office, campaign=campaign["id"])).status_code == 201
    assert (await trigger(office, campaign=str(campaign["id"]), phone="0501234567")).status_code == 201


async def test_a_number_is_an_id_even_where_a_campaign_bears_it_as_its_name(office: Office) -> None:
    campaign = await office.started()
    namesake = await office.started(name=str(campaign["id"]))
    assert (await trigger(office, campaign=campaign["id"])).json()["campaign"] == campaign["name"]
    by_name = await trigger(office, campaign=str(campaign["id"]), phone="0501234567")
    assert by_name.json()["campaign"] == namesake["name"]


async def test_a_number_already_open_in_the_campaign_is_409(office: Office) -> None:
    await office.started()
    await trigger(office)
    answer = await trigger(office, external_id="inv-2")
    assert answer.status_code == 409
    assert answer.json()["detail"]


async def test_a_cancelled_campaign_takes_no_call(office: Office) -> None:
    campaign = await office.started()
    await office.admin.post(f"/api/v1/campaigns/{campaign['id']}/cancel")
    assert (await trigger(office)).status_code == 409


async def test_an_unknown_campaign_is_404(office: Office) -> None:
    assert (await trigger(office)).status_code == 404


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": None}, "phone"),
        ({"phone": True}, "phone"),
        ({"surprise": 1}, "surprise"),
        ({"not_before": "tomorrow"}, "not_before"),
        ({"not_before": "2026-12-01T10:00:00"}, "not_before"),
        ({"not_before": "9999-12-31T23:59:59-12:00"}, "not_before"),
        ({"not_before": "2026-12-02T10:00:00Z", "not_after": "2026-12-01T10:00:00Z"}, "not_after"),
        ({"external_id": "x" * 300}, "external_id"),
        ({"data": []}, "data"),
    ],
)
async def test_what_is_wrong_is_422_and_names_the_field(
    office: Office, more: dict[str, Any], field: str
) -> None:
    await office.started()
    answer = await trigger(office, key="k", **more)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].split(".")[0] == field
    assert (await trigger(office, key="k")).status_code == 201  # only a 201 is kept


async def test_limits_narrow_the_window_and_never_widen_it(office: Office) -> None:
    await office.started(window={"hours": "09:00-20:00"})
    later = (await trigger(office, not_before="2026-12-01T15:00:00+02:00")).json()
    assert later["due_at"] == "2026-12-01T13:00:00Z"
    night = (await trigger(office, phone="0501234567", not_before="2026-12-01T23:00:00+02:00")).json()
    assert night["due_at"] == "2026-12-02T07:00:00Z"
    never = await trigger(
        office,
        phone="0931234567",
        not_before="2026-12-01T20:30:00Z",
        not_after="2026-12-01T21:00:00Z",
    )
    assert never.json()["state"] == "expired"


async def test_the_same_key_and_body_get_the_same_answer_and_one_call(office: Office) -> None:
    await office.started()
    first = await trigger(office, key="inv-1:2026-12")
    office.clock.advance(timedelta(hours=3))
    again = await trigger(office, key="inv-1:2026-12")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await how_many_recipients(office.house) == 1


async def test_the_order_of_fields_does_not_make_another_body(office: Office) -> None:
    await office.started()
    await trigger(office, key="k")
    turned = dict(reversed(CALL.items()))
    again = await office.trigger.post("/api/v1/calls", json=turned, headers={"Idempotency-Key": "k"})
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_same_key_with_another_body_is_422(office: Office) -> None:
    await office.started()
    await trigger(office, key="k")
    answer = await trigger(office, key="k", phone="0501234567")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_keys_of_two_callers_do_not_meet(office: Office) -> None:
    await office.started()
    await trigger(office, key="k")
    answer = await office.admin.post(
        "/api/v1/calls", json=CALL | {"phone": "0501234567"}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 201


async def test_a_refused_call_leaves_its_key_free(office: Office) -> None:
    assert (await trigger(office, key="k")).status_code == 404
    await office.started()
    answer = await trigger(office, key="k")
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers


async def test_a_thousand_requests_with_one_key_make_one_call(office: Office) -> None:
    await office.started()
    answers = await asyncio.gather(*(trigger(office, key="storm") for _ in range(1000)))
    made = [each for each in answers if each.status_code == 201]
    assert {each.status_code for each in answers} <= {201, 409}
    assert len([each for each in made if "idempotency-replayed" not in each.headers]) == 1
    assert len({each.content for each in made}) == 1
    assert await how_many_recipients(office.house) == 1


async def test_postgresql_keeps_the_promise_of_one_effect_too(postgres: Postgres) -> None:
    async with an_office(await postgres.fresh()) as office:
        await office.started()
        answers = await asyncio.gather(*(trigger(office, key="storm") for _ in range(50)))
        made = [each for each in answers if each.status_code == 201]
        assert {each.status_code for each in answers} <= {201, 409}
        assert len([each for each in made if "idempotency-replayed" not in each.headers]) == 1
        assert (await trigger(office, key="storm")).content == made[0].content
        assert await how_many_recipients(office.house) == 1


async def test_while_the_first_is_under_way_the_second_is_409(office: Office) -> None:
    await office.started()
    await trigger(office, key="k")
    await leave_half_way(office.house)
    answer = await trigger(office, key="k", phone=CALL["phone"])
    assert answer.status_code == 409
    assert answer.headers["retry-after"] == "1"


async def test_a_key_whose_owner_has_died_is_taken_over_after_a_while(office: Office) -> None:
    await office.started(open=True)
    body = CALL | {"phone": "0501234567"}
    headers = {"Idempotency-Key": "k"}
    call = (await office.trigger.post("/api/v1/calls", json=body, headers=headers)).json()
    await leave_half_way(office.house)
    await office.trigger.delete(f"/api/v1/calls/{call['id']}")
    office.clock.advance(timedelta(minutes=2))
    answer = await office.trigger.post("/api/v1/calls", json=body, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["id"] != call["id"]


@pytest.mark.parametrize("key", ["", "k" * 256, "ключ"])
async def test_a_key_that_cannot_be_kept_is_422(office: Office, key: str) -> None:
    await office.started()
    headers = {b"Idempotency-Key": key.encode()}
    answer = await office.trigger.post("/api/v1/calls", json=CALL, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_call_not_handed_over_is_cancelled_and_again(office: Office) -> None:
    await office.started()
    call = (await trigger(office)).json()
    first = await office.trigger.delete(f"/api/v1/calls/{call['id']}")
    again = await office.trigger.delete(f"/api/v1/calls/{call['id']}")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["state"] == again.json()["state"] == "cancelled"
    assert first.json()["outcome"] == "cancelled"


async def test_what_already_rings_keeps_its_state_and_is_409(office: Office) -> None:
    await office.started()
    call = (await trigger(office)).json()
    await set_state(office.house, call["id"], "calling")
    answer = await office.trigger.delete(f"/api/v1/calls/{call['id']}")
    assert answer.status_code == 409
    assert (await office.reader.get(f"/api/v1/calls/{call['id']}")).json()["state"] == "calling"


async def test_by_external_id_each_comes_with_its_state(office: Office) -> None:
    await office.started()
    ringing = (await trigger(office)).json()
    await set_state(office.house, ringing["id"], "calling")
    await trigger(office, phone="0501234567")
    await trigger(office, phone="0931234567", external_id="inv-2")
    answer = await office.trigger.delete("/api/v1/calls?external_id=inv-1")
    again = await office.trigger.delete("/api/v1/calls?external_id=inv-1")
    assert (answer.status_code, again.status_code) == (200, 200)
    assert [call["state"] for call in answer.json()["items"]] == ["calling", "cancelled"]
    assert again.json() == answer.json()


async def test_unknown_calls_are_404(office: Office) -> None:
    for answer in (
        await office.reader.get("/api/v1/calls/77"),
        await office.trigger.delete("/api/v1/calls/77"),
        await office.trigger.delete("/api/v1/calls/everything"),
        await office.trigger.delete("/api/v1/calls?external_id=nobody"),
    ):
        assert answer.status_code == 404
    assert (await office.trigger.delete("/api/v1/calls")).status_code == 422


async def leave_half_way(house: House) -> None:
    """As a crash before the answer was kept leaves the row."""

    def forget_answer(connection: Connection) -> None:
        connection.execute(update(Idempotency).values(status=None, answer=None))

    await house.database.write(forget_answer)


async def set_state(house: House, recipient_id: int, state: str) -> None:
    def write(connection: Connection) -> None:
        connection.execute(update(Recipient).where(Recipient.id == recipient_id).values(state=state))  # type: ignore[arg-type]

    await house.database.write(write)
