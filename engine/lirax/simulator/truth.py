"""What really happened: every request that came, every phone that rang, every message. The oracle."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any


@dataclass
class Post:
    """A request that reached us: `done` when it had its effect, `code` what was answered (None: nothing)."""

    at: datetime
    command: str
    fields: dict[str, str]  # without the key
    method: str = "POST"
    code: int | None = None
    done: bool = False
    fault: str | None = None
    id: str | None = None  # of the call or message it made


@dataclass
class Ring:
    """One leg of one call: we dialled `number`. `rang` is False when busy, switched off or forbidden."""

    number: str
    leg: int  # 1: the one called first, 2: the one it is joined with
    task: str  # id_make2calls or id_makecall
    callid: str
    started_at: datetime
    rang: bool
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    status: str | None = None
    keys: str = ""
    direction: str = "out"  # in: the person called us


@dataclass
class Call:
    """A call that is over, as call history shows it. Simulated seconds, from the client's answer."""

    callid: str
    task: str
    ext: str
    client: str
    started_at: datetime
    ended_at: datetime
    connected: bool
    seconds: float
    recording: str | None = None
    direction: str = "out"  # in: the client called `line`
    line: str = ""
    utm: dict[str, str] = field(default_factory=dict)  # tid, cid, cs, cm, cc, ct
    keys: str = ""


@dataclass
class Wait:
    """A call that found every line taken."""

    task: str
    since: datetime
    until: datetime | None = None


@dataclass
class ModemRequest:
    at: datetime
    modem: str
    command: str
    code: int


@dataclass
class Message:
    id: int
    at: datetime
    modem: str
    phone: str
    text: str
    delivered_at: datetime | None = None
    expired_at: datetime | None = None


@dataclass
class Sent:
    """A webhook that left, or was dropped. `answer` is the receiver's code, None when none came."""

    at: datetime
    command: str
    fields: dict[str, str]  # without the key
    phone: str | None
    answer: int | None = None
    problem: str | None = None
    fault: str | None = None


@dataclass
class Received:
    """A text message that somebody sent us."""

    at: datetime
    phone: str
    modem: str
    text: str


@dataclass
class Asked:
    """What the receiver said when LiraX asked, by `contact`, who is calling. `code` None: no answer came."""

    at: datetime
    phone: str
    callid: str
    diversion: str
    code: int | None = None
    name: str | None = None
    responsible: str | None = None
    settled: bool = False  # LiraX has its answer, or waits for it no longer


@dataclass
class PresenceChange:
    """An employee is in this status from then on: 0 disconnected, 1 free, above 1 busy."""

    at: datetime
    ext: str
    status: int


@dataclass
class Truth:
    posts: list[Post] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    modem_requests: list[ModemRequest] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    presences: list[PresenceChange] = field(default_factory=list)
    webhooks: list[Sent] = field(default_factory=list)
    calls_now: int = 0
    most_calls: int = 0

    def call_started(self) -> None:
        self.calls_now += 1
        self.most_calls = max(self.most_calls, self.calls_now)

    def call_ended(self) -> None:
        self.calls_now -= 1

    def posts_of(self, command: str) -> list[Post]:
        return [post for post in self.posts if post.command == command]

    def webhooks_of(self, command: str) -> list[Sent]:
        return [sent for sent in self.webhooks if sent.command == command]

    def rings_of(self, number: str) -> list[Ring]:
        """The calls to this person: first legs, in order."""
        return [ring for ring in self.rings if ring.leg == 1 and ring.number == number]

    def called(self) -> set[str]:
        return {ring.number for ring in self.rings if ring.leg == 1}

    def called_again_within(self, gap: timedelta) -> list[str]:
        """Numbers called twice with less than `gap` between the end of one call and the start of the next."""
        by_number: dict[str, list[Ring]] = defaultdict(list)
        for ring in self.rings:
            if ring.leg == 1:
                by_number[ring.number].append(ring)
        return sorted(number for number, rings in by_number.items() if _too_close(rings, gap=gap))

    def smallest_modem_gap(self, modem: str) -> timedelta | None:
        """The shortest time between two requests to this modem; None with fewer than two."""
        times = [request.at for request in self.modem_requests if request.modem == modem]
        return min(_gaps(times), default=None)

    def as_json(self, parts: Iterable[str] = ()) -> dict[str, Any]:
        """Everything, or only the parts named. Raises KeyError for a part there is not."""
        everything: dict[str, Sequence[Any]] = {
            "posts": self.posts,
            "rings": self.rings,
            "calls": self.calls,
            "waits": self.waits,
            "modem_requests": self.modem_requests,
            "messages": self.messages,
            "received": self.received,
            "asked": self.asked,
            "presences": self.presences,
            "webhooks": self.webhooks,
        }
        chosen = tuple(parts) or tuple(everything)
        rows: dict[str, Any] = {part: [asdict(row) for row in everything[part]] for part in chosen}
        return {"calls_now": self.calls_now, "most_calls": self.most_calls, **rows}


def _too_close(rings: list[Ring], *, gap: timedelta) -> bool:
    for earlier, later in pairwise(rings):
        if earlier.ended_at is None or later.started_at - earlier.ended_at < gap:
            return True
    return False


def _gaps(times: list[datetime]) -> Iterable[timedelta]:
    return (later - earlier for earlier, later in pairwise(times))
