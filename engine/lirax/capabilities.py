"""What a live call has shown of one LiraX, where its document is silent. Kept with the account as JSON. Pure.

`dzvin doctor --live` writes it. None means unknown: nobody has looked, or what was seen did not tell.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args, get_origin

from campaigns.moments import utc_text


class FinishedAt(StrEnum):
    HANGUP = "hangup"  # make2calls_finished comes when the call is over
    ANSWER = "answer"  # it comes when somebody picks up


class OutsideHours(StrEnum):
    REJECTED = "rejected"  # a request outside notbefore..notafter is answered with 400
    FAILED = "failed"  # it is taken, and finished at once without success
    RINGS = "rings"  # it is taken, and rings at once all the same
    WAITS = "waits"  # it is taken and kept: the phone rings when the hours begin


@dataclass(frozen=True)
class Capabilities:
    """Seconds count from the request, only `history_lag_seconds` from the end of the call."""

    looked_at: datetime | None = None
    # `event` webhooks of make2Calls
    events_for_make2calls: bool | None = None
    event_types: tuple[str, ...] = ()  # in, out
    event_names: tuple[str, ...] = ()  # in the order they came
    event_ext_is_from: bool | None = None
    call_ids: int | None = None  # that one call had
    incoming_event: bool | None = None  # tells that the phone begins to ring
    accepted_event: bool | None = None  # tells that somebody picked up
    rings_after_seconds: float | None = None
    first_event_seconds: float | None = None
    # make2calls_finished
    finished_seconds: float | None = None
    finished_at: FinishedAt | None = None
    # call history
    history_lists_make2calls: bool | None = None
    history_has_callid: bool | None = None  # its call id is the one of the events
    history_lag_seconds: float | None = None  # at most: from the end of the call until it was listed
    history_form: str | None = None
    history_columns: tuple[str, ...] = ()
    history_zone_off_minutes: int | None = None  # how far its wall clock is ahead of the account's zone
    clock_ahead_seconds: float | None = None  # how far LiraX's clock is ahead of ours
    outside_hours: OutsideHours | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "Capabilities":
        """Whatever cannot be understood, say of another version, is unknown."""
        known = {field.name: field.type for field in fields(cls)}
        said = {
            name: value
            for name, text in (kept or {}).items()
            if name in known and (value := _value(text, known[name])) is not None
        }
        return cls(**said)

    def as_json(self) -> dict[str, Any]:
        """Only what is known."""
        return {name: _text(value) for name, value in asdict(self).items() if value not in (None, ())}

    def having(self, **more: Any) -> "Capabilities":
        return replace(self, **more)


def _value(kept: Any, kind: Any) -> Any:
    """None where it is not of that kind."""
    if get_origin(kind) is tuple:
        return tuple(word for word in kept if isinstance(word, str)) if isinstance(kept, list) else None
    wanted = next(each for each in get_args(kind) if each is not type(None))
    if wanted is bool or wanted is str:
        return kept if isinstance(kept, wanted) else None
    if wanted in (int, float):
        return wanted(kept) if isinstance(kept, int | float) and not isinstance(kept, bool) else None
    if wanted is datetime:
        return _moment(kept)
    return wanted(kept) if kept in list(wanted) else None


def _moment(kept: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(kept)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    return list(value) if isinstance(value, tuple) else value
