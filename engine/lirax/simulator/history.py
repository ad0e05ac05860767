"""Call history: who is logged in, and the export of the calls that have ended (C43, C44)."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.truth import Call

SAMPLE_LOGIN, SAMPLE_PASSWORD = "api@example.com", "secret"
SESSION = timedelta(minutes=15)
MOMENT = "%Y-%m-%d %H:%M:%S"
COLUMNS = (
    "call_id",
    "call_start",
    "call_type",
    "call_ani",
    "call_dnis",
    "call_connect",
    "call_duration",
    "call_originip",
    "call_origination",
    "call_destination",
    "call_utm_source",
    "call_utm_medium",
    "call_utm_campaign",
    "call_utm_term",
    "call_record",
)
FILTERS = frozenset({"call_ani_dnis", *COLUMNS[7:14], "call_ani", "call_dnis"})
DIRECTIONS = {"in": "0", "out": "1"}
UTM = {"cs": "call_utm_source", "cm": "call_utm_medium", "cc": "call_utm_campaign", "ct": "call_utm_term"}


@dataclass(frozen=True)
class Export:
    """A file as the browser would get it."""

    content: bytes
    content_type: str


class Sessions:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._used_at: dict[str, datetime] = {}
        self.login = SAMPLE_LOGIN
        self.password = SAMPLE_PASSWORD

    def log_in(self, fields: Mapping[str, str], *, now: datetime) -> str | None:
        """The value of the session's cookie; None for a wrong login or password."""
        if (fields.get("USER_LOGIN"), fields.get("USER_HASH")) != (self.login, self.password):
            return None
        cookie = self._core.new_id("session")
        self._used_at[cookie] = now
        return cookie

    def forget(self) -> None:
        """Nobody is logged in any longer."""
        self._used_at.clear()

    def is_open(self, cookie: str | None, *, now: datetime) -> bool:
        used_at = self._used_at.get(cookie or "")
        if used_at is None or now - used_at >= SESSION:
            return False
        if self._core.options.history_session == "sliding_15min":
            self._used_at[cookie or ""] = now
        return True


class History:
    def __init__(self, core: Core) -> None:
        self._core = core

    def export(self, query: Mapping[str, str], *, now: datetime) -> Export | None:
        """The calls that the query asks for; None for a query that is not understood."""
        if query.get("action") != "show" or query.get("call_export") != "1":
            return None
        since, until = self._moment(query.get("date_start")), self._moment(query.get("date_finish"))
        if since is None or until is None or query.get("filter", "call_ani_dnis") not in FILTERS:
            return None
        rows = [
            self._row(call) for call in self._ended(now) if since <= self._local(call.started_at) <= until
        ]
        return self._written([row for row in rows if _is_wanted(row, query)])

    def _ended(self, now: datetime) -> list[Call]:
        """A call is written into history when it ends, or so many seconds later."""
        lag = timedelta(seconds=self._core.options.history_lag_seconds / self._core.speed)
        return [call for call in self._core.truth.calls if call.ended_at + lag <= now]

    def _row(self, call: Call) -> dict[str, str]:
        ours = call.ext if call.direction == "out" else call.line
        ends = (ours, call.client) if call.direction == "out" else (call.client, ours)
        told = {
            "call_id": call.callid,
            "call_start": self._local(call.started_at).strftime(MOMENT),
            "call_type": DIRECTIONS[call.direction],
            "call_ani": ends[0],
            "call_dnis": ends[1],
            "call_connect": str(int(call.connected)),
            "call_duration": str(round(call.seconds)),
            "call_record": call.recording or "",
            **{UTM[name]: value for name, value in call.utm.items() if name in UTM},
        }
        return {column: told.get(column, "") for column in COLUMNS}

    def _written(self, rows: list[dict[str, str]]) -> Export:
        match self._core.options.history_format:
            case "csv_semicolon_utf8":
                return Export(_as_csv(rows, delimiter=";").encode("utf-8"), "text/csv; charset=utf-8")
            case "csv_comma_utf8":
                return Export(_as_csv(rows, delimiter=",").encode("utf-8"), "text/csv; charset=utf-8")
            case "csv_semicolon_cp1251":
                return Export(
                    _as_csv(rows, delimiter=";").encode("cp1251", "replace"), "text/csv; charset=windows-1251"
                )
            case "html":
                return Export(_as_page(rows).encode("utf-8"), "text/html; charset=utf-8")

    def _local(self, moment: datetime) -> datetime:
        """On the account's wall clock, to the second, as the file has it."""
        return self._core.options.wall(moment).replace(microsecond=0)

    def _moment(self, text: str | None) -> datetime | None:
        try:
            return datetime.strptime(text or "", MOMENT).replace(tzinfo=self._core.options.zone)
        except ValueError:
            return None


def _is_wanted(row: Mapping[str, str], query: Mapping[str, str]) -> bool:
    if query.get("call_type", "") not in ("", row["call_type"]):
        return False
    if query.get("call_connect", "") not in ("", row["call_connect"]):
        return False
    value, name = query.get("filter_value", ""), query.get("filter", "call_ani_dnis")
    if not value:
        return True
    return value in ((row["call_ani"], row["call_dnis"]) if name == "call_ani_dnis" else (row[name],))


def _as_csv(rows: list[dict[str, str]], *, delimiter: str) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, delimiter=delimiter, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _as_page(rows: list[dict[str, str]]) -> str:
    cells = ["".join(f"<td>{escape(row[column])}</td>" for column in COLUMNS) for row in rows]
    header = "".join(f"<th>{column}</th>" for column in COLUMNS)
    body = "".join(f"<tr>{line}</tr>" for line in cells)
    return f"<html><body><table><tr>{header}</tr>{body}</table></body></html>"
