"""`/api/v1/erasures`: a person goes, and the answer says what went and what Dzvin cannot reach."""

import pytest

from tests.web.api.conftest import Office

pytestmark = pytest.mark.anyio

PATH = "/api/v1/erasures"
PHONE = "380671234567"


async def test_a_person_is_erased_and_the_answer_names_no_number(office: Office) -> None:
    campaign = await office.started(recipients=[{"phone": PHONE, "name": "Олена"}], open=True)
    answer = await office.admin.post(PATH, json={"phone": "067 123 45 67"})
    assert answer.status_code == 200
    done = answer.json()
    assert (done["state"], done["waits_for"], done["until"], done["scrubbed"]) == ("erased", None, None, True)
    assert done["rows"] == {"recipient": 1}
    assert len(done["number"]) == 64
    assert PHONE not in answer.text
    assert any("LiraX" in each for each in done["unreachable"])
    [person] = (await office.reader.get(f"/api/v1/campaigns/{campaign['id']}/recipients")).json()["items"]
    assert (person["phone"], person["data"], person["state"]) == ("", {}, "suppressed")


async def test_an_erased_number_stays_on_the_list_by_its_hash_and_comes_off_by_name(office: Office) -> None:
    await office.admin.post(PATH, json={"phone": PHONE})
    assert (await office.reader.get("/api/v1/suppressions")).json()["items"] == []
    again = await office.admin.post("/api/v1/suppressions", json={"phone": PHONE, "reason": "Олена"})
    assert again.status_code == 200
    assert (again.json()["source"], again.json()["reason"]) == ("erased", None)
    assert (await office.admin.delete(f"/api/v1/suppressions/{PHONE}")).status_code == 204
    assert (await office.admin.delete(f"/api/v1/suppressions/{PHONE}")).status_code == 404


async def test_a_trigger_for_an_erased_number_is_refused_with_its_reason(office: Office) -> None:
    campaign = await office.started(open=True)
    await office.admin.post(PATH, json={"phone": PHONE})
    refused = await office.admin.post(
        "/api/v1/calls",
        json={"campaign": campaign["name"], "phone": PHONE, "data": {}},
        headers={"Idempotency-Key": "one"},
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "phone"
    assert "was erased" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize("body", [{"phone": "12"}, {"phone": ""}, {}, {"phone": PHONE, "also": 1}])
async def test_what_is_no_number_is_422(office: Office, body: dict[str, object]) -> None:
    assert (await office.admin.post(PATH, json=body)).status_code == 422


async def test_only_an_admin_erases(office: Office) -> None:
    assert (await office.reader.post(PATH, json={"phone": PHONE})).status_code == 403
