"""Looks on at every commit and every request; what breaks an invariant stops the run.

The oracle of rings is the exchange's truth. The database is read raw, and only for what is committed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.lirax.simulator.exchange import Exchange
from tests.simulation.disk import Disk
from tests.simulation.network import Parcel
from tests.simulation.process import TrueClock
from tests.simulation.story import Story

KYIV = ZoneInfo("Europe/Kyiv")
OPEN = frozenset({"placing", "ambiguous", "placed"})
LEGAL = {
    "placing": frozenset({"ambiguous", "placed", "done", "rejected", "unplaced", "unknown"}),
    "ambiguous": frozenset({"placed", "done", "rejected", "unplaced", "unknown"}),
    "placed": frozenset({"done", "unknown"}),
    "unplaced": frozenset({"placed", "done"}),
    "unknown": frozenset({"done"}),
    "done": frozenset[str](),
    "rejected": frozenset[str](),
}
"""Where an attempt may go from each state (reliability note, 2.1); new ones begin as `placing`.

From there to `unknown` in one commit: whose clock was set a day forward takes both steps at once."""


HISTORY_STEP = timedelta(seconds=2)
"""A row of history begins at a whole second, and lasts whole seconds."""


@dataclass
class Counts:
    attempts: int = 0
    requests: int = 0
    rings: int = 0
    crashes: int = 0
    freezes: int = 0
    ambiguous: int = 0
    webhooks: int = 0
    disk_errors: int = 0
    steps: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            *(mine + its for mine, its in zip(vars(self).values(), vars(other).values(), strict=True))
        )


@dataclass(frozen=True)
class Seen:
    """An attempt as it was last committed."""

    recipient: int
    campaign: int
    phone: str
    state: str
    result: str | None


@dataclass
class Watch:
    story: Story
    clock: TrueClock
    violate: Callable[[str, str], None]
    claimed: Callable[[Seen], None]  # told of every new attempt
    disk: Disk | None = None
    exchange: Exchange | None = None
    counts: Counts = field(default_factory=Counts)
    attempts: dict[int, Seen] = field(default_factory=dict)
    requested: dict[int, Parcel] = field(default_factory=dict)  # by attempt, what has left
    arrivals: list[Parcel] = field(default_factory=list)  # of make2Calls, in order
    stopped: set[str] = field(default_factory=set)  # numbers on the committed do-not-call list
    ever_unplaced: set[int] = field(default_factory=set)  # attempts, also if they rang later
    ever_given_up: set[int] = field(default_factory=set)  # as unplaced or unknown
    left_at: dict[int, list[float]] = field(default_factory=dict)  # by campaign, when its requests left
    rings_seen: int = 0
    modem_asked_at: float | None = None
    far_off: bool = False  # a clock was further from LiraX's than is borne, or set back unnoticed
    hurried: bool = False  # a clock was set forward and nobody could notice: what waits for it ends too early

    @property
    def evidence_may_be_late(self) -> bool:
        """Later than is assumed: the verdict may have been given before it."""
        return self.hurried or self.far_off or self.story.history_is_late

    @property
    def ids_were_given_twice(self) -> bool:
        return any(len(asked) > 1 for asked in self.askers().values())

    def phones_of_ids_given_twice(self) -> set[str]:
        """What is told of such an id may be of either."""
        twice = [asked for asked in self.askers().values() if len(asked) > 1]
        return {self.attempts[key].phone for asked in twice for key in asked}

    def committed(self) -> None:
        """I7, I8: attempts change as the table of transitions says."""
        assert self.disk is not None
        rows = self.disk.raw.execute(
            "SELECT id, recipient_id, campaign_id, phone, state, result FROM attempt ORDER BY id"
        ).fetchall()
        for key, *values in rows:
            now, before = Seen(*values), self.attempts.get(key)
            if now != before:
                self._changed(key, before, now)
        self.stopped = {row[0] for row in self.disk.raw.execute("SELECT phone FROM suppression")}

    def _changed(self, key: int, before: Seen | None, now: Seen) -> None:
        self.attempts[key] = now
        if before is None:
            self.counts.attempts += 1
            if now.state != "placing":
                self.violate("I8", f"attempt {key} begins as {now.state}")
            self.claimed(now)
            return
        if before.state != now.state:
            self.counts.ambiguous += now.state == "ambiguous"
            if now.state not in LEGAL[before.state]:
                self.violate("I8", f"attempt {key} went from {before.state} to {now.state}")
            if now.state in ("unplaced", "unknown"):
                self.ever_given_up.add(key)
            if now.state == "unplaced":
                self._given_back(key, now)

    def _given_back(self, key: int, seen: Seen) -> None:
        """I3: what rang is never declared not to have."""
        assert self.exchange is not None
        self.ever_unplaced.add(key)
        if self.evidence_may_be_late:
            return
        tasks = [task for task, asked in self.askers().items() if asked == [key]]
        if any(ring.task in tasks for ring in self.exchange.truth.rings_of(seen.phone)):
            self.violate("I3", f"attempt {key} to {seen.phone} rang, and is declared unplaced")

    def left(self, parcel: Parcel) -> None:
        """A request leaves: I1, I5, I6, I11 as of this very tick."""
        fields = parcel.fields
        if fields.get("cmd") == "make2Calls":
            self.counts.requests += 1
            self._call_left(parcel, fields)
        elif "provider" in fields:
            self._modem_asked(fields)

    def _modem_asked(self, fields: dict[str, str]) -> None:
        """I12, as the house can keep it: how long requests travel it does not know."""
        before, now = self.modem_asked_at, self.clock.elapsed()
        self.modem_asked_at = now
        interval = self.story.settings["sms_interval"].total_seconds()
        if before is not None and now - before < interval - 1e-6 and not self.story.clocks_jump:
            self.violate("I12", f"{fields['cmd']} left {now - before:.3f} s after the request before it")
        if fields["cmd"] == "sendSMS" and fields["phone"] in self.stopped:
            self.violate("I5", f"a message to {fields['phone']} left, which is on the do-not-call list")

    def _call_left(self, parcel: Parcel, fields: dict[str, str]) -> None:
        assert self.disk is not None
        key = attempt_of(parcel)
        who = f"the request of attempt {key} to {fields['to1']}"
        if key in self.requested:
            self.violate("I1", f"{who} left for the second time")
        self.requested[key] = parcel
        seen = self.attempts.get(key)
        if seen is None or seen.phone != fields["to1"]:
            self.violate("I1", f"{who} left, but nothing had been written down: {seen}")
            return
        if seen.state != "placing":
            self.violate("I1", f"{who} left, though the attempt was {seen.state}")
        if seen.phone in self.stopped:
            self.violate("I5", f"{who} left, though the number is on the do-not-call list")
        state = self.disk.raw.execute("SELECT state FROM campaign WHERE id = ?", (seen.campaign,)).fetchone()
        if state[0] != "running":
            self.violate("I11", f"{who} left, though its campaign was {state[0]}")
        self._hours(who, seen)
        self._caps(who, seen)
        self._pace(who, seen)

    def _caps(self, who: str, seen: Seen) -> None:
        """I6: what has rung today counts, whoever called; a campaign without a cap does not care."""
        assert self.exchange is not None
        most = self.story.campaigns[seen.campaign - 1].per_day
        if most is None or self.story.clocks_jump:
            return
        rings = self.exchange.truth.rings_of(seen.phone)  # a story is over long before midnight
        rang = sum(not self._shown_too_late(ring) for ring in rings)
        if rang >= most:
            self.violate("I6", f"{who} left, though it rang {rang} times today, and {most} are allowed")

    def _pace(self, who: str, seen: Seen) -> None:
        """I4: requests a minute, of one campaign; each may have left later than it was counted."""
        left = self.left_at.setdefault(seen.campaign, [])
        left.append(self.clock.elapsed())
        most = self.story.campaigns[seen.campaign - 1].document.get("pace", {}).get("per_minute")
        if most is None or len(left) <= most or self.story.clocks_jump:
            return
        apart = left[-1] - left[-1 - most]
        if apart < 60 - self.story.settings["lirax_timeout"].total_seconds():
            self.violate("I4", f"{who} left {apart:.1f} s after {most} others, so many are allowed a minute")

    def _hours(self, who: str, seen: Seen) -> None:
        if self.story.clocks_jump:
            return  # whose clock is wrong cannot know the hour
        plan = self.story.campaigns[seen.campaign - 1]
        local = self.clock.now().astimezone(KYIV)
        minutes = local.hour * 60 + local.minute + local.second / 60
        margin = min(1.0, (plan.closes - plan.opens) / 10) if plan.closes < 1440 else 0.0
        if not plan.opens <= minutes < plan.closes - margin + 1e-6:
            self.violate("I6", f"{who} left at {local:%H:%M:%S}, outside its hours")

    def arrives(self, parcel: Parcel) -> None:
        if parcel.fields.get("cmd") == "make2Calls":
            self.arrivals.append(parcel)

    def rang(self) -> None:
        """Whatever the exchange did: I2, I4 by its truth."""
        assert self.exchange is not None
        truth = self.exchange.truth
        for ring in truth.rings[self.rings_seen :]:
            if ring.leg == 1:
                self._ring(ring)
        self.rings_seen = len(truth.rings)

    def _ring(self, ring: Any) -> None:
        assert self.exchange is not None
        self.counts.rings += 1
        lines = self.story.settings["lines"]
        lines_may_be_freed_early = self.hurried or self.ids_were_given_twice
        if self.exchange.truth.calls_now > lines and not lines_may_be_freed_early:
            self.violate("I4", f"{self.exchange.truth.calls_now} calls are up, the account has {lines} lines")
        if not lines_may_be_freed_early:
            self._lines_of_campaign(ring)
        for key in self.askers().get(ring.task, [])[:1]:
            if self.attempts[key].state == "unplaced" and not self.evidence_may_be_late:
                self.violate("I3", f"attempt {key} to {ring.number} rings, and was declared unplaced")
        earlier = [each for each in self.exchange.truth.rings_of(ring.number) if each is not ring]
        if not earlier:
            return
        before = earlier[-1]
        if self.hurried or len(self.askers()[before.task]) > 1:
            return  # by a clock set forward, or by an id given twice, the call before is over
        if self._shown_too_late(before):
            return
        if before.ended_at is None:
            self.violate("I2", f"{ring.number} rings again while the call before is still up")
            return
        gap = timedelta(0) if self.story.clocks_jump else self.story.settings["min_gap"]
        if self._told_by_history(before.task):  # which counts the talk in seconds, but not how long it rang
            gap -= (before.answered_at or before.ended_at) - before.started_at + HISTORY_STEP
        if ring.started_at - before.ended_at < gap:
            apart = ring.started_at - before.ended_at
            self.violate("I2", f"{ring.number} rings again after {apart}, the shortest gap is {gap}")

    def _lines_of_campaign(self, ring: Any) -> None:
        assert self.exchange is not None
        askers = self.askers()
        campaigns = [
            self.attempts[asked[0]].campaign
            for each in self.exchange.truth.rings
            if each.leg == 1 and each.ended_at is None and (asked := askers.get(each.task))
        ]
        asked = askers.get(ring.task)
        if not asked:
            return
        campaign = self.attempts[asked[0]].campaign
        most = self.story.campaigns[campaign - 1].document.get("pace", {}).get("lines")
        if most is not None and campaigns.count(campaign) > most:
            self.violate(
                "I4", f"{campaigns.count(campaign)} calls of campaign {campaign} are up, {most} may be"
            )

    def _shown_too_late(self, ring: Any) -> bool:
        """Whether history is what told of it, later than is assumed."""
        asked = self.askers().get(ring.task, [])
        return self.story.history_is_late and not self.ever_unplaced.isdisjoint(asked)

    def _told_by_history(self, task: str) -> bool:
        assert self.disk is not None
        keys = self.askers()[task]
        told = "SELECT 1 FROM attempt WHERE id = ? AND history_at IS NOT NULL AND finished_heard_at IS NULL"
        return any(self.disk.raw.execute(told, (key,)).fetchone() for key in keys)

    def askers(self) -> dict[str, list[int]]:
        """By the exchange's task, the attempts whose requests made it; several if an id was given twice."""
        assert self.exchange is not None
        posts = self.exchange.truth.posts_of("make2Calls")
        asked: dict[str, list[int]] = {}
        for post, parcel in zip(posts, self.arrivals, strict=False):  # the newest may have no post yet
            if post.id is not None:
                asked.setdefault(post.id, []).append(attempt_of(parcel))
        return asked


def attempt_of(parcel: Parcel) -> int:
    """Of a make2Calls: the placer names its tasks so."""
    return int(parcel.task.removeprefix("place-"))
