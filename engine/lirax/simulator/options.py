"""What the simulator does where LiraX's document contradicts itself or is silent (reference, section 7).

A value the reference gives as the only choice (zone, interval, timeout, cookie name) may be any of its kind.
The last seven are options of ours, for what the reference knows no name of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo


class WrongOption(ValueError):
    """No such option, or not a value of it; the message is a sentence for the person who set it."""


@dataclass(frozen=True)
class Options:
    method_policy: Literal["documented", "any"] = "documented"
    check_order: Literal["token_first", "params_first"] = "token_first"
    unknown_command_code: Literal[400, 404, 200] = 400
    error_body: Literal["empty", "json", "text"] = "empty"
    ok_body: Literal["empty", "{}", "OK"] = "empty"
    response_content_type: Literal["application/json", "text/html"] = "application/json"
    id_style: Literal["documented", "all_strings", "all_numbers"] = "documented"
    checkcontact_name_key: Literal["either", "name", "Name"] = "either"
    require_list_phone: bool = False
    account_timezone: str = "Europe/Kyiv"
    window_policy: Literal["wait", "reject", "fail"] = "wait"
    window_end: Literal["exclusive", "inclusive_hour"] = "exclusive"
    window_overnight: Literal["wrap", "reject"] = "wrap"
    timeout_clock: Literal["first_attempt", "submit"] = "first_attempt"
    retry_interval_minutes: int = 10
    retry_anchor: Literal["start", "end"] = "start"
    retry_last_inclusive: bool = True
    retry_on_short: bool = False
    success_means: Literal["both", "first_leg"] = "both"
    duration_from: Literal["bridge", "first_answer"] = "bridge"
    make2calls_finished_at: Literal["hangup", "answer"] = "hangup"
    makecall_finished_at: Literal["answer", "hangup"] = "answer"
    killcall_accepts: Literal["both", "Call_id", "callid"] = "both"
    killcall_dead_call_code: Literal[200, 400] = 200
    call_id_equals_callid: bool = True
    keys_when_none: Literal["absent", "empty_string", "empty_array"] = "absent"
    call_id_when_failed: Literal["empty", "absent"] = "empty"
    event_token_name: Literal["from_LiraX_token", "From_LiraX_token"] = "from_LiraX_token"  # noqa: S105
    webhook_token_name: Literal["from_LiraX_token", "token"] = "from_LiraX_token"  # noqa: S105
    sms_received_id_key: Literal["id", "id_sms"] = "id"
    keys_on_completed_event: bool = False
    outgoing_incoming_event: bool = True
    webhook_attempts: Literal[1, 3] = 1
    webhook_timeout_seconds: int = 10
    webhook_faults: Literal["none", "duplicate", "reorder", "delay", "drop"] = "none"
    webhook_encoding: Literal["utf-8", "cp1251"] = "utf-8"
    sms_limit_scope: Literal["provider_shared", "provider_per_command", "off"] = "provider_shared"
    sms_limit_code: Literal[403, 400] = 403
    updatedeal_noop_code: Literal[400, 200] = 400
    unknown_contact_code: Literal[400, 200] = 400
    blacklist_duplicate_code: Literal[200, 400] = 200
    blacklist_missing_code: Literal[200, 400] = 200
    ip_leading_zeros: Literal["keep", "strip", "reject"] = "keep"
    initstatuses_scope: Literal["all_users", "logged_in"] = "all_users"
    history_format: Literal["csv_semicolon_utf8", "csv_comma_utf8", "csv_semicolon_cp1251", "html"] = (
        "csv_semicolon_utf8"
    )
    history_cookie_name: str = "PHPSESSID"
    history_session: Literal["sliding_15min", "absolute_15min"] = "sliding_15min"
    history_unauthorised: Literal[401, 302, 200] = 401
    history_bad_login: Literal[401, 200] = 401
    extensions: bool = False
    # ours
    lines: int = 0  # calls the account may have at once; 0 = no limit
    unanswered_status: Literal["NotAvailable", "absent"] = "NotAvailable"  # of a phone that rang in vain
    recordings: Literal["none", "at_once", "later"] = "none"  # in the event at its end, or by `record`
    history_lag_seconds: int = 0  # from the end of a call until history shows it
    contact_asked: Literal["incoming", "all", "none"] = "incoming"  # of which calls `contact` is sent
    when_full: Literal["wait", "busy", 429, 503] = "wait"  # a make2Calls beyond the lines
    clock_skew_seconds: int = 0  # how far LiraX's clock is ahead of ours; negative: behind

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.account_timezone)

    def wall(self, moment: datetime) -> datetime:
        """What LiraX's own clock shows at this moment, in the account's zone."""
        return (moment + timedelta(seconds=self.clock_skew_seconds)).astimezone(self.zone)

    def having(self, values: Mapping[str, object]) -> "Options":
        """These options with some values changed; values may be texts. Raises WrongOption."""
        return replace(self, **{name: read_value(name, value) for name, value in values.items()})


KINDS: dict[str, Any] = {option.name: option.type for option in fields(Options)}
A_DAY = 24 * 3600
SMALLEST = {
    "retry_interval_minutes": 1,
    "webhook_timeout_seconds": 1,
    "lines": 0,
    "history_lag_seconds": 0,
    "clock_skew_seconds": -A_DAY,
}
LARGEST = 1_000_000


def read_value(name: str, value: object) -> Any:
    """The value as the option wants it; a text may stand for a number or for true and false."""
    if name not in KINDS:
        raise WrongOption(
            f"there is no option {name!r} of the simulator; see simulator_options of lirax-api.json"
        )
    kind = KINDS[name]
    if get_origin(kind) is Literal:
        return _read_choice(name, value, choices=get_args(kind))
    if kind is bool:
        return _read_choice(name, value, choices=(False, True))
    if kind is int:
        return _read_number(name, value)
    return _read_zone(name, value) if name == "account_timezone" else _read_word(name, value)


def _read_choice(name: str, value: object, *, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if as_text(choice) == as_text(value):
            return choice
    wanted = ", ".join(map(as_text, choices))
    raise WrongOption(f"option {name} is one of {wanted}, not {as_text(value)!r}")


def _read_number(name: str, value: object) -> int:
    text = as_text(value)
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and SMALLEST[name] <= int(text) <= LARGEST:
        return int(text)
    raise WrongOption(f"option {name} is a whole number of at least {SMALLEST[name]}, not {text!r}")


def _read_zone(name: str, value: object) -> str:
    try:
        return ZoneInfo(as_text(value)).key
    except (KeyError, ValueError, OSError) as problem:
        wanted = "a time zone such as Europe/Kyiv"
        raise WrongOption(f"option {name} is {wanted}, not {as_text(value)!r}") from problem


def _read_word(name: str, value: object) -> str:
    text = as_text(value)
    if text.isascii() and text.isidentifier():
        return text
    raise WrongOption(f"option {name} is a word of letters and digits, not {text!r}")


def as_text(value: object) -> str:
    """As it is written: true and false in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)
