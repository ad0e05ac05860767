"""`dzvin lirax` behind its door: every command and both requests of call history, to the simulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.lirax import send_command
from engine.errors import CannotDo, NotFound
from engine.house import House
from engine.lirax.commands import COMMANDS, UnknownWord
from engine.lirax.errors import Refused
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, Exchange
from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.simulator.truth import Call
from engine.settings import Settings
from tests.lirax.conformance.examples import example_of

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
THAT_DAY = {"date_start": "2026-01-15 00:00:00", "date_finish": "2026-01-15 23:59:59"}


@asynccontextmanager
async def a_house(folder: Path, *, with_history: bool = True) -> AsyncIterator[tuple[House, Exchange]]:
    clock = MovedClock(NOON)
    exchange = Exchange(clock=clock, options=Options(sms_limit_scope="off"))
    async with SimulatorServer(exchange) as simulator:
        settings = Settings(
            database_url=f"sqlite:///{folder / 'dzvin.db'}",
            secret_key="the-secret-key-of-the-tests-is-long-enough",
            lirax_url=simulator.url,
            lirax_token=SAMPLE_TOKEN,
            sms_interval=timedelta(0),
            history_url=simulator.base_url if with_history else None,
            history_login=SAMPLE_LOGIN if with_history else None,
            history_password=SAMPLE_PASSWORD if with_history else None,
        )
        house = await build_house(settings, clock=clock, role=Role.SERVE)
        try:
            yield house, exchange
        finally:
            await close_house(house)


def a_call_of_this_morning(exchange: Exchange) -> None:
    started_at = NOON - timedelta(hours=1)
    ended_at = started_at + timedelta(seconds=20)
    call = Call("D1-1", "t", "101", "380671112233", started_at, ended_at, connected=True, seconds=20)
    exchange.truth.calls.append(call)


async def test_every_command_goes_as_words_and_comes_back_as_it_was_said(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (house, exchange):
        for name, command in COMMANDS.items():
            params = example_of(name).form()
            said = await send_command(house, name, params)
            assert command.promises is None or command.promises in said, name
            assert exchange.truth.posts[-1].command == name
            assert exchange.truth.posts[-1].fields.items() >= params.items()


async def test_call_history_is_asked_in_its_own_words(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (house, exchange):
        a_call_of_this_morning(exchange)
        assert await send_command(house, "historyAuth", {}) == {}
        said = await send_command(house, "historyExport", {**THAT_DAY, "call_type": "1"})
        nobody = await send_command(house, "historyExport", {**THAT_DAY, "call_type": "0"})
    [call] = said["calls"]
    assert (call["call_id"], call["dnis"], call["duration"]) == ("D1-1", "380671112233", 20)
    assert call["started_at"] == "2026-01-15T09:00:00+00:00"
    assert said["trouble"] is None
    assert nobody["calls"] == []


async def test_a_login_given_by_hand_is_tried_and_nothing_else_is_disturbed(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (house, _):
        with pytest.raises(Refused) as caught:
            await send_command(house, "historyAuth", {"USER_HASH": "wrong"})
        assert caught.value.kind == "invalid_login"
        assert (await send_command(house, "historyExport", THAT_DAY))["calls"] == []


async def test_an_account_without_history_says_so(tmp_path: Path) -> None:
    async with a_house(tmp_path, with_history=False) as (house, _):
        with pytest.raises(CannotDo, match="has no call history"):
            await send_command(house, "historyAuth", {})


async def test_wrong_words_are_told_before_anything_is_sent(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (house, exchange):
        with pytest.raises(UnknownWord, match="did you mean 'historyExport'"):
            await send_command(house, "historyexport", {})
        with pytest.raises(UnknownWord, match="did you mean 'date_start'"):
            await send_command(house, "historyExport", {"datestart": "2026-01-15"})
        with pytest.raises(NotFound):
            await send_command(house, "getShops", {}, account="nowhere")
        assert exchange.truth.posts == []
