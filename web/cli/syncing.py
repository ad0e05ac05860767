"""`dzvin suppress sync`: rounds of joining both lists until nothing is left, and what came of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from web.cli.talking import answer, complain, tell

if TYPE_CHECKING:
    from web.cli.door import Door

PATH = "/api/v1/suppressions/sync"


@dataclass
class Sum:
    """Of all rounds with one account."""

    taken_over: int = 0
    sent: int = 0
    on_both: int | None = None  # before anything was changed
    unreadable: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    trouble: str | None = None

    def take(self, joined: dict[str, Any]) -> None:
        self.taken_over += joined["taken_over"]
        self.sent += joined["sent"]
        if self.on_both is None:
            self.on_both = joined["on_both"]
        self.unreadable, self.refused = joined["unreadable"], joined["refused"]
        self.trouble = joined["trouble"]

    def line(self) -> str:
        return (
            f"taken over {self.taken_over}, sent {self.sent}, already on both {self.on_both or 0}, "
            f"could not be read {len(self.unreadable)}"
        )


async def sync(door: "Door", *, account: str | None, dry_run: bool) -> None:
    """Ends with 1 when a list could not be read, or a number was not taken."""
    asked: dict[str, Any] = {"dry_run": dry_run} | ({"account": account} if account else {})
    sums: dict[str, Sum] = {}
    while _goes_on(joined := (await door.post(PATH, asked))["items"], sums):
        tell(f"{sum(each['left'] for each in joined)} numbers are left")
    if dry_run:
        tell("nothing was changed; this is what would be done")
    for name, each in sums.items():
        _tell(f"{name}: " if len(sums) > 1 else "", each)
    if any(each.trouble or each.refused for each in sums.values()):
        raise typer.Exit(1)


def _goes_on(joined: list[dict[str, Any]], sums: dict[str, Sum]) -> bool:
    """Whether another round has something to do and the last one got on."""
    for each in joined:
        sums.setdefault(each["account"], Sum()).take(each)
    return any(each["left"] and not each["trouble"] and each["taken_over"] + each["sent"] for each in joined)


def _tell(beginning: str, total: Sum) -> None:
    answer(beginning + total.line())
    for written in total.unreadable:
        answer(f"{beginning}could not be read: {written}")
    for phone in total.refused:
        complain(f"{beginning}LiraX does not take {phone}")
    if total.trouble:
        complain(f"{beginning}{total.trouble} What was done stays done; the same command goes on.")
