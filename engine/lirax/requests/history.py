"""The two requests of call history, which go to addresses of their own (LiraX reference, section 5)."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from engine.lirax.requests.request import Parameters
from engine.lirax.requests.values import Text, WallClock


class HistoryFilter(StrEnum):
    CALLER = "call_ani"
    CALLED = "call_dnis"
    EITHER = "call_ani_dnis"
    ORIGIN_IP = "call_originip"
    DESTINATION = "call_destination"
    ORIGINATION = "call_origination"
    UTM_SOURCE = "call_utm_source"
    UTM_MEDIUM = "call_utm_medium"
    UTM_CAMPAIGN = "call_utm_campaign"
    UTM_TERM = "call_utm_term"


class HistoryAuth(Parameters):
    """Log in to call history as a LiraX user; the session lives 15 minutes.

    The answer brings a cookie, which goes with every export (C44).
    Errors: invalid_login; network, server, protocol. May be repeated.
    LiraX reference, section 5, historyAuth.
    """

    cmd: ClassVar[str] = "historyAuth"

    user_login: Text = Field(serialization_alias="USER_LOGIN", description="login of a user of LiraX")
    user_hash: Text = Field(
        serialization_alias="USER_HASH", repr=False, description="the user's password, in spite of its name"
    )


class HistoryExport(Parameters):
    """Export the calls between two moments, as far as the user who is logged in may see them.

    The form of the answer is whatever LiraX chooses (C43): it is read by `engine.lirax.history`.
    Errors: invalid_login, invalid_parameters, not_supported; network, server, protocol. May be repeated.
    LiraX reference, section 5, historyExport.
    """

    cmd: ClassVar[str] = "historyExport"

    action: Literal["show"] = Field("show", description="always show")
    date_start: WallClock = Field(description="from, YYYY-MM-DD HH:MM:SS on the account's wall clock")
    date_finish: WallClock = Field(description="to, YYYY-MM-DD HH:MM:SS on the account's wall clock")
    filter: HistoryFilter | None = Field(
        None, description=f"column to filter by: {', '.join(word.value for word in HistoryFilter)}"
    )
    filter_value: str | None = Field(None, description="what it must be; empty does not filter")
    call_type: Literal["", "0", "1"] | None = Field(None, description="0 incoming, 1 outgoing, empty both")
    call_connect: Literal["", "0", "1"] | None = Field(
        None, description="0 nobody talked, 1 somebody talked, empty both"
    )
    call_export: Literal["1"] = Field("1", description="always 1")
