"""`dzvin serve`, `web`, `engine`, `simulator`, `demo`: what stays until it is interrupted."""

from pathlib import Path

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.ending import DONE, end_on_signals
from web.cli.halves import Half, check_may_start
from web.cli.surroundings import settings_here

PANEL = "Servers"


def add_to(app: typer.Typer) -> None:
    for command in (serve, web, engine, simulator, demo):
        app.command(rich_help_panel=PANEL)(command)


def serve() -> None:
    """Pages, API, webhooks and engine in one process."""
    _serve(Half.BOTH)


def web() -> None:
    """Pages, API and webhooks without the engine (PostgreSQL only)."""
    _serve(Half.WEB)


def engine() -> None:
    """The engine without pages (PostgreSQL only)."""
    _serve(Half.ENGINE)


def _serve(half: Half) -> None:
    end_on_signals(DONE)
    settings = settings_here()
    check_may_start(settings, half)
    from web.cli.serving import serve_here  # heavy: only once nothing stands against it

    serve_here(settings, half=half)


def simulator(
    port: int = typer.Option(8482, min=0, max=65535, help="Where it listens; 0 takes a free port."),
    webhook: str | None = typer.Option(
        None, metavar="URL", help="Where its webhooks go. Default: /lirax under DZVIN_PUBLIC_URL."
    ),
    token: str | None = typer.Option(
        None, metavar="T", help="The key it expects. Default: DZVIN_LIRAX_TOKEN."
    ),
    webhook_token: str | None = typer.Option(
        None, metavar="T", help="The key it sends. Default: DZVIN_WEBHOOK_TOKEN."
    ),
    speed: float = typer.Option(1.0, metavar="N", help="Phones ring and talk N times faster."),
    seed: int = typer.Option(1, metavar="N", help="The same seed gives the same people and answers."),
    people: Path | None = typer.Option(
        None,
        metavar="FILE",
        help="Who answers when and presses what, in YAML or JSON; others live by the seed.",
    ),
    option: list[str] = typer.Option(
        [],
        metavar="NAME=VALUE",
        help="A point where LiraX's document is silent or contradicts itself; may be repeated.",
    ),
) -> None:
    """The local LiraX: commands, history and webhooks on one port."""
    end_on_signals(DONE)
    from web.cli.simulating import Wanted, simulate_here

    if not speed > 0:
        raise WrongInput(Problem(f"read {speed}, expected a number above 0", field="--speed"))
    wanted = Wanted(
        port=port,
        webhook=webhook,
        token=token,
        webhook_token=webhook_token,
        speed=speed,
        seed=seed,
        people=people,
        options=tuple(option),
    )
    simulate_here(settings_here(), wanted)


def demo(
    with_parent: bool = typer.Option(False, "--with-parent", hidden=True, help="End when the caller ends."),
) -> None:
    """Everything at once, with a LiraX simulator and a sample campaign, in the folder .demo/."""
    end_on_signals(DONE)
    from web.cli.demo.starting import demo_here

    demo_here(with_parent=with_parent)
