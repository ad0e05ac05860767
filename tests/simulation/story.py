"""What one seed tells: settings, campaigns, people, who does what when, and which faults are let loose.

Swarm testing: each seed switches on only some faults and shrinks other constants, so that rare meetings of
two of them come up. Nothing here looks at the engine; the same seed is always the same story.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from engine.lirax.simulator.people import Behaviour, Pickup
from tests.simulation.chance import Chance, happens
from tests.simulation.disk import DiskFaults
from tests.simulation.network import NetworkFaults
from tests.simulation.postman import PostFaults

HOURS = ((0, 1440), (0, 1440), (540, 1200), (540, 603), (600, 602), (601, 606), (470, 530))
"""Minutes of the local day; all begins at 10:00. In the last it is over, but not yet in Greenwich."""
STRANGERS = tuple(f"38067200000{number}" for number in range(4))  # in nobody's list at first
MODEM, EXT = "380670000001", "101"
LONGEST_REPEAT = 40.0  # seconds: the exchange tries again after 5 and 30
LONGEST_CALL = 40.0  # seconds: what people of the simulator take at most to ring, talk and be reported


@dataclass(frozen=True)
class Event:
    """Something that happens from outside, `at` seconds after the start. `about` is what it needs to know."""

    at: float
    kind: str
    about: tuple[Any, ...] = ()


@dataclass(frozen=True)
class CampaignPlan:
    document: dict[str, Any]
    people: tuple[str, ...]
    attempts: int
    opens: int  # minutes of the local day in which phones may ring
    closes: int
    per_day: int | None = None  # calls to one number, over all campaigns


@dataclass(frozen=True)
class Ambush:
    """What happens at the very moment a call is claimed: to so many of them, one of these."""

    share: float = 0.0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    seed: int
    settings: dict[str, Any]
    campaigns: tuple[CampaignPlan, ...]
    events: tuple[Event, ...]
    storm_seconds: float
    processes: int
    beat_seconds: float
    crash_steps: int | None  # a process lives for about so many steps
    disk: DiskFaults
    network: NetworkFaults
    posts: PostFaults
    lirax_faults: tuple[Fault, ...]
    ambush: Ambush = Ambush()
    options: dict[str, Any] = field(default_factory=dict)
    habits: dict[str, tuple[Behaviour, ...]] = field(default_factory=dict)  # of everybody, call after call

    @property
    def clocks_jump(self) -> bool:
        return any(event.kind == "jump" for event in self.events)

    @property
    def history_is_late(self) -> bool:
        """Beyond what is assumed: a call may be declared never to have rung, and prove later that it did."""
        lag: int = self.options["history_lag_seconds"]
        return "history_url" in self.settings and lag > self.unclear_until.total_seconds() / 2

    @property
    def unclear_until(self) -> timedelta:
        longest: timedelta = max(self.settings["ambiguity_wait"], self.settings["max_call"])
        return longest

    @property
    def set_back_seconds(self) -> float:
        """By how much clocks are set back, all of them together."""
        return sum(max(0.0, -float(event.about[1])) for event in self.events if event.kind == "jump")

    @property
    def longest_seconds(self) -> float:
        """What everything may take when nothing goes wrong any more."""
        settings = self.settings
        one_call = (
            2 * self.unclear_until + settings["unknown_after"] + settings["min_gap"] + timedelta(minutes=6)
        )
        calls = sum(plan.attempts * len(plan.people) for plan in self.campaigns) + 8
        return float(one_call.total_seconds() * max(plan.attempts for plan in self.campaigns) + 200 * calls)


def tell(seed: int, *, most_processes: int = 1) -> Story:
    chance = Chance(seed)
    settings = _settings(chance.of("settings"))
    storm = chance.of("storm").choice((60.0, 120.0, 240.0))
    swarm = chance.of("swarm")
    campaigns = _campaigns(chance.of("campaigns"))
    longest = max(settings["ambiguity_wait"], settings["max_call"]).total_seconds()
    processes = min(swarm.choice((1, 1, 1, 1, 1, 1, 2, 2, 3, 4)), most_processes)
    events = _events(chance.of("events"), campaigns, storm=storm, processes=processes)
    jumps = any(event.kind == "jump" for event in events)
    return Story(
        seed=seed,
        settings=settings,
        campaigns=campaigns,
        events=events,
        storm_seconds=storm,
        processes=processes,
        beat_seconds=swarm.choice((15.0, 40.0, 100.0)),
        crash_steps=swarm.choice((None, None, 500, 1000, 3000)),
        disk=_disk(swarm),
        network=_network(swarm, timeout=settings["lirax_timeout"].total_seconds(), longest=longest),
        posts=_posts(swarm, gap=settings["min_gap"].total_seconds()),
        lirax_faults=(
            *_lirax_faults(swarm, timeout=settings["lirax_timeout"].total_seconds()),
            *_monsters(chance.of("monsters")),
        ),
        ambush=_ambush(chance.of("ambush")),
        options=_options(swarm, longest=longest, gap=settings["min_gap"].total_seconds(), jumps=jumps),
        habits=_habits(chance.of("habits"), campaigns),
    )


def _settings(random: Random) -> dict[str, Any]:
    def seconds(*choices: int) -> timedelta:
        return timedelta(seconds=random.choice(choices))

    history = random.random() < 0.75
    return {
        "lirax_timeout": seconds(5, 10, 20),
        "ambiguity_wait": seconds(20, 40, 60),
        "max_call": seconds(90, 120),
        "unknown_after": seconds(60, 150),
        "min_gap": seconds(10, 45, 120),
        "sms_interval": seconds(5),
        "lines": random.randint(1, 4),
        **({"history_url": "http://127.0.0.1:8482"} if history else {}),
    }


def _campaigns(random: Random) -> tuple[CampaignPlan, ...]:
    everybody = [f"38067{1000000 + place}" for place in random.sample(range(9000), random.randint(3, 8))]
    plans = []
    for number in range(1, random.choice((1, 1, 2, 2, 3)) + 1):
        people = tuple(random.sample(everybody, random.randint(1, min(6, len(everybody)))))
        plans.append(_campaign(random, number, people))
    return tuple(plans)


def _campaign(random: Random, number: int, people: tuple[str, ...]) -> CampaignPlan:
    opens, closes = random.choice(HOURS)
    attempts = random.randint(1, 4)
    document: dict[str, Any] = {
        "name": f"Campaign {number}",
        "from": EXT,
        "call": {"play": "https://files.example.com/hello.mp3", "success_after": "15s"},
        "window": {"hours": f"{_clock(opens)}-{_clock(closes)}", "timezone": "Europe/Kyiv"},
        "retry": {"attempts": attempts, "delay": random.choice(("5s", "20s", "1m"))},
        "goal": random.choice(("answered", "listened", "key")),
        "sms": {"modem": MODEM, "ext": EXT, "hours": "00:00-24:00"},
        "rules": _rules(random),
    }
    if random.random() < 0.4:
        document["retry"]["by_result"] = {"unknown": random.choice(("30s", "never")), "busy": "20s"}
    if random.random() < 0.4:
        document["pace"] = {"lines": random.randint(1, 2)}
    elif random.random() < 0.3:
        document["pace"] = {"per_minute": random.randint(1, 5)}
    if closes - opens < 120:  # who is left when it has closed need not wait for another day
        document["end"] = f"2026-12-01 {_clock(max(closes, 602))}"
    per_day = random.choice((None, None, 1, 2))
    if per_day is not None:
        document["caps"] = {"per_day": per_day}
        document.setdefault("end", "2026-12-01 10:06")  # nor for tomorrow
    return CampaignPlan(document, people, attempts, opens, closes, per_day)


def _habits(random: Random, campaigns: tuple[CampaignPlan, ...]) -> dict[str, tuple[Behaviour, ...]]:
    """Short calls, so that much happens in little time."""
    people = [*sorted({phone for plan in campaigns for phone in plan.people}), *STRANGERS]
    return {phone: tuple(_habit(random) for _ in range(4)) for phone in people}


def _habit(random: Random) -> Behaviour:
    pickup = random.choice((*[Pickup.ANSWERS] * 6, *[Pickup.NO_ANSWER] * 2, *list(Pickup)[2:5]))
    return Behaviour(
        pickup=pickup,
        ring_seconds=random.uniform(1, 12),
        talk_seconds=random.uniform(2, 25),
        keys=random.choice(("", "", "1", "2", "9", "17")),
        keys_after_seconds=random.uniform(1, 15),
        events=random.random() < 0.9,
        sms_delivered_seconds=random.uniform(1, 20),
        sms_reply="STOP" if random.random() < 0.1 else None,
        sms_reply_seconds=random.uniform(1, 40),
    )


def _rules(random: Random) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [{"when": {"key": "9"}, "outcome": "opted_out", "suppress": True}]
    if random.random() < 0.6:
        rules.append({"when": {"key": "1"}, "outcome": "promised", "sms": "Thank you"})
    if random.random() < 0.3:
        rules.append({"when": {"key": "2"}, "task": {"ext": EXT, "text": "Call back", "due": "1h"}})
    if random.random() < 0.3:
        rules.append({"when": {"result": "busy"}, "sms": "We called you"})
    if random.random() < 0.3:
        rules.append({"when": {"state": "exhausted"}, "sms": "We could not reach you"})
    return rules


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _events(
    random: Random, campaigns: tuple[CampaignPlan, ...], *, storm: float, processes: int
) -> tuple[Event, ...]:
    events: list[Event] = []

    def some(share: float, most: int, kind: str, about: Any) -> None:
        if random.random() < share:
            for _ in range(random.randint(1, most)):
                events.append(Event(random.uniform(1, storm), kind, about()))

    people = sorted({phone for plan in campaigns for phone in plan.people})
    names = [plan.document["name"] for plan in campaigns]

    def process() -> int:
        return random.randrange(processes)

    some(0.3, 2, "pause", lambda: (random.choice(names), random.uniform(5, 60)))
    some(0.1, 1, "cancel", lambda: (random.choice(names),))
    some(0.4, 2, "suppress", lambda: (random.choice(people),))
    some(0.3, 2, "stop_sms", lambda: (random.choice(people),))
    some(0.5, 4, "trigger", lambda: (random.choice(names), random.choice(people), random.uniform(1, 60)))
    some(0.5, 3, "crash", lambda: (process(),))
    some(0.4, 3, "freeze", lambda: (process(), random.choice((1, 5, 30, 100, 900)) * random.random()))
    some(0.2, 2, "stop", lambda: (process(),))
    some(0.15, 2, "jump", lambda: (process(), random.choice((-3600, -300, -20, 20, 300, 3600, 86400))))
    some(0.15, 1, "lirax_down", lambda: (random.uniform(5, 120),))
    some(0.1, 1, "lirax_restarts", tuple)
    some(0.15, 2, "key_refused", lambda: (random.uniform(5, 120),))
    some(0.2, 2, "modem", lambda: (random.choice(("off", "busy")), random.uniform(5, 120)))
    some(0.2, 2, "disk_away", lambda: (random.uniform(1, 60),))
    some(0.2, 2, "history_away", lambda: (random.uniform(30, 200),))
    some(0.2, 2, "webhooks_away", lambda: (random.uniform(20, 120),))
    some(0.15, 1, "all_silent", lambda: (random.uniform(60, 300),))
    some(0.4, 2, "add", lambda: (random.choice(names), tuple(random.sample([*people, *STRANGERS], 3))))
    return tuple(sorted(events, key=lambda event: event.at))


def _ambush(random: Random) -> Ambush:
    if random.random() < 0.5:
        return Ambush()
    kinds = ("suppress", "stop_sms", "pause", "freeze", "cancel")
    return Ambush(random.uniform(0.05, 0.4), tuple(random.sample(kinds, random.randint(1, 2))))


def _disk(random: Random) -> DiskFaults:
    def share(chance: float, most: float) -> float:
        return random.uniform(0, most) if happens(random, chance) else 0.0

    return DiskFaults(
        slow=share(0.4, 0.3),
        slow_seconds=random.choice((0.05, 2.0)),
        statement=share(0.25, 0.005),
        commit=share(0.25, 0.05),
        lost_commit=share(0.2, 0.05),
        crash_before=share(0.3, 0.02),
        crash_after=share(0.3, 0.02),
    )


def _network(random: Random, *, timeout: float, longest: float) -> NetworkFaults:
    def share(chance: float, most: float) -> float:
        return random.uniform(0, most) if happens(random, chance) else 0.0

    return NetworkFaults(
        unreachable=share(0.2, 0.2),
        lost_request=share(0.4, 0.3),
        late_request=share(0.4, 0.3),
        latest_of_others=timeout,
        latest=min(longest / 2, longest - LONGEST_CALL - 10),
        reset_before=share(0.3, 0.2),
        reset_after=share(0.3, 0.2),
        lost_answer=share(0.4, 0.3),
        late_answer=share(0.4, 0.3),
        slowest=2 * timeout,
        cut_answer=share(0.2, 0.2),
        crash_before=share(0.3, 0.05),
        crash_after=share(0.3, 0.05),
    )


def _posts(random: Random, *, gap: float) -> PostFaults:
    """An event bears no time: one of an earlier call must not come when the next may have been placed."""
    return PostFaults(
        lost=random.uniform(0, 0.3) if random.random() < 0.4 else 0.0,
        twice=random.uniform(0, 0.5) if random.random() < 0.4 else 0.0,
        late=random.uniform(0, 0.5) if random.random() < 0.4 else 0.0,
        latest=random.uniform(1, max(gap - LONGEST_REPEAT, 2)),
    )


def _lirax_faults(random: Random, *, timeout: float) -> tuple[Fault, ...]:
    kinds = (
        Fault(RequestFault.ERROR, code=500),
        Fault(RequestFault.ERROR, code=429, retry_after_seconds=30),
        Fault(RequestFault.ERROR, code=503),
        Fault(RequestFault.ERROR, code=400),
        Fault(RequestFault.ERROR_AFTER_DOING, code=500),
        Fault(RequestFault.ERROR_AFTER_DOING, code=502),
        Fault(RequestFault.GARBAGE),
        Fault(RequestFault.EMPTY),
        Fault(RequestFault.TRUNCATED),
        Fault(RequestFault.REDIRECTED),
        Fault(RequestFault.SLOW_ANSWER, seconds=timeout * 0.8),
        Fault(RequestFault.SLOW_ANSWER, seconds=timeout * 1.5),
        Fault(RequestFault.ANSWER_AFTER_WEBHOOK),
        Fault(RequestFault.DRIP, seconds=0.1),
        Fault(RequestFault.CLOSED_AFTER_DOING),
        Fault(RequestFault.CLOSED_AFTER_READING),
        Fault(RequestFault.REUSED_ID, times=1),
        Fault(RequestFault.LOST_ANSWER, command="sendSMS"),
        Fault(RequestFault.ERROR_AFTER_DOING, command="sendSMS", code=500),
        Fault(RequestFault.ERROR, command="historyExport", code=500),
        Fault(RequestFault.GARBAGE, command="historyExport"),
        Fault(RequestFault.TRUNCATED, command="historyExport"),
        Fault(WebhookFault.STRANGER, command="make2calls_finished"),
        Fault(WebhookFault.GARBLED, command="event"),
        Fault(WebhookFault.DROPPED, command="event"),
        Fault(WebhookFault.DROPPED, command="make2calls_finished"),
        Fault(WebhookFault.WRONG_TOKEN),
    )
    if random.random() < 0.3:
        return ()
    chosen = random.sample(kinds, random.randint(1, 4))
    return tuple(_lasting(fault, chance=random.uniform(0.05, 0.4)) for fault in chosen)


def _monsters(random: Random) -> tuple[Fault, ...]:
    """Answers that are far too large, in every tenth story."""
    if random.random() > 0.1:
        return ()
    kind = random.choice((RequestFault.FLOOD, RequestFault.GZIP_BOMB))
    return (_lasting(Fault(kind), chance=random.uniform(0.05, 0.2)),)


def _lasting(fault: Fault, *, chance: float) -> Fault:
    return replace(fault, chance=chance, times=fault.times if fault.kind is RequestFault.REUSED_ID else None)


def _options(random: Random, *, longest: float, gap: float, jumps: bool) -> dict[str, Any]:
    """Far too late is history only where nobody sets a clock: else the days in which it is asked fly by."""
    lag = int(max(0.0, longest / 2 - LONGEST_CALL - 5))
    too_late = lag if jumps else int(2 * longest)
    return {
        "history_lag_seconds": random.choice((0, 0, min(30, lag), lag, lag, too_late)),
        "webhook_attempts": random.choice((1, 1, 3)) if gap > LONGEST_REPEAT else 1,
        "keys_on_completed_event": random.random() < 0.3,
        "outgoing_incoming_event": random.random() < 0.8,
        "unanswered_status": random.choice(("NotAvailable", "absent")),
        "event_token_name": random.choice(("from_LiraX_token", "From_LiraX_token")),
        "id_style": random.choice(("documented", "all_strings", "all_numbers")),
        "ok_body": random.choice(("empty", "{}", "OK")),
        "when_full": random.choice(("wait", "busy", 429, 503)),
        "call_id_equals_callid": random.random() < 0.7,
        "clock_skew_seconds": random.choice((0, 0, 0, 40, -40)),
    }
