"""What was asked for with `dzvin doctor --live`."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from campaigns.problems import Problem, WrongInput
from campaigns.rules.durations import parse_duration


@dataclass(frozen=True)
class LiveOrder:
    """`patience` is for call history to list the call, and for LiraX to act on closed hours."""

    phone: str
    account: str
    from_ext: str | None
    play: str | None
    connect: str | None
    any_hour: bool
    outside_hours: bool
    patience: timedelta

    def body(self, *, outside_hours: bool) -> dict[str, Any]:
        """As the door wants it."""
        asked = asdict(self)
        del asked["patience"]
        return {**asked, "outside_hours": outside_hours}


def live_order(phone: str, *, play: str | None, connect: str | None, patience: str, **more: Any) -> LiveOrder:
    """Raises WrongInput."""
    if play is not None and connect is not None:
        says = (
            "give one of them: --play with the address of an mp3 or wav file, or --connect with an extension"
        )
        raise WrongInput(Problem(says, field="--play, --connect"))
    try:
        waiting = parse_duration(patience)
    except ValueError as error:
        raise WrongInput(Problem(str(error), field="--patience")) from error
    return LiveOrder(phone=phone, play=play, connect=connect, patience=waiting, **more)
