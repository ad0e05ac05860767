"""The two requests of call history: their wire forms, and both under every option that touches them.

`tests/lirax/history` tells the finer stories of sessions and of exports.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from engine.lirax.errors import Refused, Unavailable
from engine.lirax.history import Direction
from engine.lirax.requests import HistoryAuth, HistoryExport, HistoryFilter, Parameters
from tests.lirax.conformance.coverage import covers, option_word, proving
from tests.lirax.history.visiting import ANNA, BORYS, Place, a_place
from tests.lirax.recorded import REFERENCE

pytestmark = pytest.mark.anyio

ROWS = [row for row in REFERENCE["commands"] if row["endpoint"] != "general"]
OPTIONS = {name: about for name, about in REFERENCE["simulator_options"].items() if "history" in name}
SPAN = {"date_start": "2016-12-06 00:00:00", "date_finish": "2016-12-13 23:59:59"}
EXAMPLES: dict[str, Parameters] = {
    "historyAuth": HistoryAuth(user_login="api@example.com", user_hash="secret"),
    "historyExport": HistoryExport.model_validate(
        {**SPAN, "filter": HistoryFilter.EITHER, "filter_value": "", "call_type": "", "call_connect": ""}
    ),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("row", [proving(row, row["name"], "C45") for row in ROWS])
def test_our_request_is_the_printed_example(row: dict[str, Any]) -> None:
    assert urlencode(EXAMPLES[row["name"]].form()) == row["example_wire"]
    assert dict(parse_qsl(row["example_wire"], keep_blank_values=True)) == row["example_request"]


@pytest.mark.parametrize(
    ("row", "param"),
    [
        pytest.param(row, param, id=word, marks=covers(word))
        for row in ROWS
        for param in row["params"]
        if (word := f"{row['name']}.{param['name']}")
    ],
)
def test_a_parameter_goes_under_its_own_name_in_the_form_the_reference_wants(
    row: dict[str, Any], param: dict[str, Any]
) -> None:
    value = EXAMPLES[row["name"]].form()[param["name"]]
    assert re.fullmatch(param.get("pattern", r"[\s\S]*"), value)
    assert value in param.get("enum", [value])


def test_every_filter_of_the_reference_is_known() -> None:
    export = next(row for row in ROWS if row["name"] == "historyExport")
    printed = next(param["enum"] for param in export["params"] if param["name"] == "filter")
    assert [word.value for word in HistoryFilter] == printed


@pytest.mark.parametrize("call_type", ["2", "in"])
def test_a_value_that_history_would_not_take_is_refused_before_it_is_sent(call_type: str) -> None:
    with pytest.raises(Refused, match="historyExport was not sent: call_type"):
        HistoryExport.model_validate({**SPAN, "call_type": call_type})


def test_a_password_is_shown_nowhere() -> None:
    assert "secret" not in repr(EXAMPLES["historyAuth"])
    with pytest.raises(Refused) as caught:
        HistoryAuth.model_validate({"user_login": "a", "user_hash": ["canary"]})
    assert "canary" not in str(caught.value)


@covers("historyAuth:200", "historyExport:200", "C43", "C44")
@pytest.mark.parametrize(
    "option",
    [
        proving((name, value), option_word(name, value), name)
        for name, about in OPTIONS.items()
        for value in about["choices"]
    ],
)
async def test_client_and_simulator_understand_each_other(option: tuple[str, Any]) -> None:
    name, value = option
    async with a_place(**{name: value}) as place:
        await place.client.log_in()
        called, missed = place.call(ANNA, seconds=20), place.call(BORYS, seconds=0)
        assert await place.ids() == [called, missed]
        assert await place.ids(connected=True) == [called]
        assert await place.ids(phone=BORYS) == [missed]
        assert await place.ids(direction=Direction.IN) == []
        place.exchange.sessions.forget()
        assert await place.ids(direction=Direction.OUT) == [called, missed]
        assert place.logins == 2
    await is_told_of_a_wrong_password(name, value)


async def is_told_of_a_wrong_password(name: str, value: Any) -> None:
    """At the login, or at the export from a server that says 200 to any password."""
    async with a_place(password="wrong", **{name: value}) as place:
        assert await failure_of(place) == "invalid_login"


async def failure_of(place: Place) -> str:
    with pytest.raises((Refused, Unavailable)) as caught:
        await place.calls()
    return caught.value.kind
