"""What a live call has shown of a LiraX, as sentences for people. Pure."""

from typing import assert_never

from engine.lirax.capabilities import Capabilities, FinishedAt, OutsideHours


def objections(shown: Capabilities) -> list[str]:
    """What stands in our way, each with what to do."""
    found = []
    if shown.finished_seconds is None and shown.looked_at is not None:
        found.append(
            "the result of the live call never came: look at the webhook address in LiraX's settings"
        )
    if shown.history_zone_off_minutes:
        found.append(
            f"history is written {_hours(shown.history_zone_off_minutes)} the account's time zone: "
            "set DZVIN_ACCOUNT_TIMEZONE, or the account's zone, to that of LiraX"
        )
    return found


def sentences(shown: Capabilities) -> list[str]:
    """What it did, in the order of a call; nothing of what is unknown."""
    told = [_events(shown), _rings(shown), _finished(shown), *_history(shown), _outside(shown)]
    return [sentence for sentence in told if sentence is not None]


def _events(shown: Capabilities) -> str | None:
    if shown.events_for_make2calls is None:
        return None
    if not shown.events_for_make2calls:
        return "no events come for campaign calls: results say whether somebody answered, not why nobody did"
    names = ", ".join(shown.event_names) or "of unknown names"
    ext = "" if shown.event_ext_is_from is not False else ", with another extension than the one we call for"
    return f"events come for campaign calls: {names}{ext}"


def _rings(shown: Capabilities) -> str | None:
    if shown.rings_after_seconds is not None:
        return f"the phone began to ring {shown.rings_after_seconds:.1f} s after the request"
    if shown.first_event_seconds is not None:
        return f"the first event came {shown.first_event_seconds:.1f} s after the request"
    return None


def _finished(shown: Capabilities) -> str | None:
    if shown.finished_seconds is None:
        return None
    said = f"the result came {shown.finished_seconds:.1f} s after the request"
    match shown.finished_at:
        case None:
            return said
        case FinishedAt.HANGUP:
            return f"{said}, when the call was over"
        case FinishedAt.ANSWER:
            return f"{said}, when somebody had picked up and still talked"
        case _:
            assert_never(shown.finished_at)


def _history(shown: Capabilities) -> list[str]:
    if shown.history_lists_make2calls is None:
        return []
    if not shown.history_lists_make2calls:
        return ["history did not list the call: an unclear call cannot be cleared up by it"]
    lag = shown.history_lag_seconds
    told = "history lists campaign calls" + ("" if lag is None else f", at most {lag:.0f} s after their end")
    callid = "; its call id is not that of the events" if shown.history_has_callid is False else ""
    return [told + callid + ("" if shown.history_form is None else f"; it is {shown.history_form}")]


def _outside(shown: Capabilities) -> str | None:
    match shown.outside_hours:
        case None:
            return None
        case OutsideHours.REJECTED:
            return "a request outside its hours is rejected"
        case OutsideHours.FAILED:
            return "a request outside its hours is taken and ends at once without a call"
        case OutsideHours.RINGS:
            return "a request outside its hours rings all the same"
        case OutsideHours.WAITS:
            return "a request outside its hours is kept, and rings when they begin"
        case _:
            assert_never(shown.outside_hours)


def _hours(minutes: int) -> str:
    away = abs(minutes)
    amount = f"{away // 60} h" + (f" {away % 60} min" if away % 60 else "")
    return f"{amount} {'ahead of' if minutes > 0 else 'behind'}"
