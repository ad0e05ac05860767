"""How things that go wrong are told: RFC 9457, never a traceback."""

import pytest
from fastapi import FastAPI

from engine.errors import DatabaseTrouble
from engine.lirax.errors import Refused
from tests.web.api.conftest import Office
from web.errors import trouble_of

pytestmark = pytest.mark.anyio


async def test_an_unknown_path_is_a_problem_with_a_request_id(office: Office) -> None:
    answer = await office.admin.get("/api/v1/nothing")
    assert answer.status_code == 404
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_method_that_a_path_does_not_know_is_405(office: Office) -> None:
    answer = await office.admin.put("/api/v1/campaigns")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_fault_of_ours_is_told_without_its_inside(office: Office) -> None:
    app: FastAPI = office.admin._transport.app  # type: ignore[attr-defined]

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret inside")

    answer = await office.admin.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_every_answer_makes_browsers_careful(office: Office) -> None:
    for path in ("/api/v1/campaigns", "/healthz", "/nothing"):
        headers = (await office.admin.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status"), [(DatabaseTrouble("locked"), 503), (Refused("no", kind="invalid_token"), 502)]
)
async def test_trouble_elsewhere_has_its_own_status(error: Exception, status: int) -> None:
    assert trouble_of(error).status == status


async def test_a_body_that_is_too_long_is_413(office: Office) -> None:
    answer = await office.trigger.post(
        "/api/v1/calls", content=b" " * 300_000, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/api/v1/campaigns?cursor=%00", "/api/v1/calls/%00", "/audio/%00"])
async def test_a_nul_in_an_address_is_a_bad_request(office: Office, path: str) -> None:
    assert (await office.admin.get(path)).status_code == 400


async def test_bad_bytes_never_make_a_5xx(office: Office) -> None:
    bodies = [
        b"\xff\xfe",
        b'{"phone": "\xd0"}',
        b'{"a":' * 5000,
        b"[" * 100_000,
        b'{"phone": 1e400}',
        b"null",
    ]
    for body in bodies:
        for path in ("/api/v1/calls", "/api/v1/campaigns", "/api/v1/suppressions"):
            for kind in ("application/json", "application/yaml"):
                answer = await office.admin.post(path, content=body, headers={"Content-Type": kind})
                assert 400 <= answer.status_code < 500, f"{path} {kind} {body[:20]!r}: {answer.text}"


async def test_wrong_fields_are_told_in_plain_words_under_their_own_names(office: Office) -> None:
    answer = await office.trigger.post("/api/v1/calls", json={"not_before": "2026-12-01T09:00:00", "foo": 1})
    assert answer.json()["errors"] == [
        {"field": "campaign", "message": "is required"},
        {"field": "phone", "message": "is required"},
        {"field": "not_before", "message": "needs its zone, as in 2026-12-01T09:00:00Z"},
        {"field": "foo", "message": "is not a field here"},
    ]
    answer = await office.admin.get("/api/v1/campaigns?limit=501")
    assert answer.json()["detail"] == "limit: must be at most 500"


async def test_a_text_that_is_no_json_says_in_which_line(office: Office) -> None:
    answer = await office.admin.post(
        "/api/v1/campaigns", content="{", headers={"Content-Type": "application/json"}
    )
    assert answer.json()["detail"].startswith("Line 1: this is not JSON")
