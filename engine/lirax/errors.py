"""How LiraX can fail us; the class answers what the caller may do next.

LiraxError
├── Refused        certain: it was not done. Do not try the same again.
│                    kinds: invalid_parameters (400), invalid_parameters_or_unchanged (400 to updateDeal),
│                    invalid_token (401), not_supported (404, 405), invalid_login (of call history)
├── Unavailable    certain: it was not done, or twice does no harm. Try again, not before `retry_after`.
│                    kinds: modem_not_connected (402), modem_busy (403), network (never connected), aborted;
│                    of commands that may be repeated (getShops, checkSMS, …) also server and protocol
└── Unclear        it may have been done. Never repeat a call or an SMS on our own; wait for evidence.
                     kinds: network (after bytes may have left), server (5xx), protocol (anything else)

Source: LiraX reference, section 1; reliability note, 2.2.
"""

from datetime import timedelta


class LiraxError(Exception):
    """`kind` is a word of the list above; `status` and `body` are what came, if anything came.

    `asked_to_wait` is what an answer of 429 or 503 asked of us with Retry-After, whatever the error means.
    """

    asked_to_wait: timedelta | None = None

    def __init__(self, message: str, *, kind: str, status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.body = body

    @property
    def ambiguous(self) -> bool:
        return isinstance(self, Unclear)


class Refused(LiraxError):
    """It was not done, and would not be done another time."""


class Unavailable(LiraxError):
    """It was not done; try again later."""

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        retry_after: timedelta = timedelta(0),
        status: int | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, kind=kind, status=status, body=body)
        self.retry_after = retry_after


class Unclear(LiraxError):
    """It may have been done."""
