"""`dzvin simulator`: the local LiraX in a process of its own."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from campaigns.problems import Problem, WrongInput
from engine.errors import CannotDo
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, SAMPLE_WEBHOOK_TOKEN
from engine.lirax.simulator.options import Options, WrongOption
from engine.lirax.simulator.people_file import Cast, WrongPeople, read_people
from engine.lirax.simulator.serve import serve_simulator
from engine.lirax.simulator.server import SimulatorServer
from engine.setting_values import read_public_url
from engine.settings import Settings
from web.cli.signals import run_until_signal
from web.cli.talking import answer, tell

HOST = "127.0.0.1"
LARGEST_BYTES = 10 * 2**20


@dataclass(frozen=True)
class Wanted:
    port: int
    webhook: str | None
    token: str | None
    webhook_token: str | None
    speed: float
    seed: int
    people: Path | None
    options: tuple[str, ...]


def simulate_here(settings: Settings, wanted: Wanted) -> None:
    options = _options(wanted.options)
    cast = None if wanted.people is None else people_in(wanted.people)
    webhook = _webhook(settings, wanted)
    if webhook is None:
        tell("warning: webhooks go nowhere; say where with --webhook, or set DZVIN_PORT")
    run_until_signal(
        lambda stop: _simulate(settings, wanted, webhook=webhook, options=options, cast=cast, stop=stop)
    )


async def _simulate(
    settings: Settings,
    wanted: Wanted,
    *,
    webhook: str | None,
    options: dict[str, str],
    cast: Cast | None,
    stop: asyncio.Event,
) -> None:
    def started(server: SimulatorServer) -> None:
        answer(f"The simulated LiraX listens on {server.url}")
        answer(f"Its page, with the phones that ring, is {server.base_url}/")
        answer(f"Its webhooks go to {webhook or 'nowhere'}")

    try:
        await serve_simulator(
            host=HOST,
            port=wanted.port,
            webhook_url=webhook,
            token=wanted.token or settings.lirax_token or SAMPLE_TOKEN,
            webhook_token=wanted.webhook_token or settings.webhook_token or SAMPLE_WEBHOOK_TOKEN,
            speed=wanted.speed,
            seed=wanted.seed,
            options=options,
            cast=cast,
            started=started,
            stop=stop,
        )
    except OSError as error:
        raise CannotDo(
            f"cannot listen on {HOST}:{wanted.port} ({error.strerror}): choose another --port"
        ) from error


def _options(words: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE words; raises WrongInput naming every wrong one."""
    options: dict[str, str] = {}
    problems = []
    for word in words:
        name, mark, value = word.partition("=")
        try:
            if not mark:
                raise WrongOption(f"read {word!r}, expected NAME=VALUE")
            Options().having({name: value})
        except WrongOption as error:
            problems.append(Problem(str(error), field="--option"))
        options[name] = value
    if problems:
        raise WrongInput(*problems)
    return options


def people_in(file: Path) -> Cast:
    """Raises WrongInput with all problems of the file."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise WrongInput(Problem(f"is larger than {LARGEST_BYTES // 2**20} MB", file=str(file)))
        return read_people(file.read_text("utf-8-sig"))
    except OSError as error:
        raise WrongInput(Problem(f"cannot be read: {error.strerror}", file=str(file))) from error
    except WrongPeople as error:
        places = error.places
        raise WrongInput(
            *(Problem(each.sentence, each.field, str(file), each.line) for each in places)
        ) from error
    except UnicodeDecodeError as error:
        raise WrongInput(Problem("is not UTF-8; save it as UTF-8", file=str(file))) from error


def _webhook(settings: Settings, wanted: Wanted) -> str | None:
    if wanted.webhook is None:
        return None if settings.public_url.endswith(":0") else f"{settings.public_url}/lirax"
    try:
        return read_public_url(wanted.webhook)
    except ValueError as error:
        raise WrongInput(Problem(f"read {wanted.webhook!r}, expected {error}", field="--webhook")) from error
