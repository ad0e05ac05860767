"""Shows a campaign moving: a live picture on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from campaigns.rules.vocabulary import FINAL_STATES
from campaigns.store.views import CampaignView
from web.cli.talking import tell

LINE_EVERY = timedelta(seconds=10)
BAR_WIDTH = 50


class Show(Protocol):
    def __call__(self, view: CampaignView, *, now: datetime) -> None: ...


@contextmanager
def showing() -> Iterator[Show]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    console = Console(stderr=True, highlight=False, markup=False)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda view, *, now: live.update(picture(view), refresh=True)


def final_of(view: CampaignView) -> int:
    return sum(view.counts[state.value] for state in FINAL_STATES)


def picture(view: CampaignView) -> Group:
    total, final = view.counts["total"], final_of(view)
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(view.name, style="bold"),
        Text(view.state),
        ProgressBar(max(total, 1), final, BAR_WIDTH),
        f"{final} of {total}",
    )
    return Group(head, Text(_figures(view), style="dim"), Text(view.reason or "Dialling.", style="cyan"))


class _Lines:
    """A line when the state changes, when the first call is placed, and every ten seconds in between."""

    def __init__(self) -> None:
        self._said: CampaignView | None = None
        self._at: datetime | None = None

    def __call__(self, view: CampaignView, *, now: datetime) -> None:
        if not self._is_due(view, now=now):
            return
        reason = f"; {view.reason}" if view.reason else ""
        tell(f"{view.state}: {final_of(view)} of {view.counts['total']} people; {_figures(view)}{reason}")
        self._said, self._at = view, now

    def _is_due(self, view: CampaignView, *, now: datetime) -> bool:
        said = self._said
        if said is None or self._at is None or view.state is not said.state:
            return True
        if view.calls.placed and not said.calls.placed:
            return True
        moved = (_figures(view), view.reason) != (_figures(said), said.reason)
        return moved and now - self._at >= LINE_EVERY


def _figures(view: CampaignView) -> str:
    waiting = view.counts["pending"] + view.counts["waiting"]
    calls = view.calls
    return (
        f"{calls.in_flight} calls open, {waiting} people to call, "
        f"{calls.placed} calls placed, {calls.answered} answered"
    )
