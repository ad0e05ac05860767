"""What a command comes to, before it is written on the wire."""

from dataclasses import dataclass
from typing import Any

OK = 200
INVALID_PARAMETERS = 400
INVALID_TOKEN = 401


@dataclass(frozen=True)
class Answer:
    code: int = OK
    body: dict[str, Any] | None = None
    id: str | None = None  # of the call or message that was made


DONE = Answer()
REFUSED = Answer(INVALID_PARAMETERS)
