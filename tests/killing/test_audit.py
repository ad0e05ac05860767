"""The audit of the kill loops finds nothing in a sound little story, and each kind of damage to it."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.killing.audit import judge
from tests.killing.feeding import AGAIN, ONCE
from tests.killing.pausing import Pause
from tests.killing.told import Known, Told

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, BORYS, DARIA = "380670000001", "380670000002", "380670000003"
MODEM = "380671234567"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told_at(seconds: float) -> str:
    return after(seconds).isoformat()


@dataclass
class Scene:
    """Anna presses 1 and gets a text, Borys is busy and then says stop, Daria's answer lost its call."""

    attempts: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    inbox: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    truth: dict[str, Any] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)

    def found(self) -> list[str]:
        known = Known(
            self.attempts, self.people, self.inbox, self.messages, frozenset(self.stopped), broken=[]
        )
        people = {ONCE: {DARIA}, AGAIN: {ANNA, BORYS}}
        return judge(known, Told(self.truth, self.attempts), people=people, pauses=self.pauses)

    def call(self, phone: str, seconds: float, *, id_: str, result: str, keys: str = "") -> None:
        """A call of two seconds, asked for, told of, and written down."""
        said = {"id_make2calls": id_, "success": str(int(result.startswith("answered")))}
        pressed = [{"ivr_name": "Menu", "ivr_entry": "0", "key": key} for key in keys]
        if keys:
            said["keys"] = json.dumps(pressed)
        answered = told_at(seconds + 1) if result.startswith("answered") else None
        self.attempts.append(
            {
                "id": len(self.attempts) + 1,
                "campaign_id": 1 if phone == DARIA else 2,
                "recipient_id": [ANNA, BORYS, DARIA].index(phone) + 1,
                "phone": phone,
                "claimed_at": after(seconds - 0.1),
                "provider_id": id_,
                "result": result,
                "keys": pressed or None,
                "history_at": None,
                "finished_heard_at": after(seconds + 2.1),
            }
        )
        post = {"command": "make2Calls", "at": told_at(seconds), "fields": {"to1": phone}, "id": id_}
        ring = {"number": phone, "leg": 1, "task": id_, "started_at": told_at(seconds), "keys": keys}
        webhook = {"command": "make2calls_finished", "at": told_at(seconds + 2), "fields": said}
        self.truth["posts"].append(post)
        self.truth["rings"].append({**ring, "answered_at": answered, "ended_at": told_at(seconds + 2)})
        self.truth["webhooks"].append({**webhook, "phone": phone, "answer": 200})
        self.inbox.append({"cmd": "make2calls_finished", "subject": id_})


def sound() -> Scene:
    scene = Scene(stopped={BORYS})
    scene.truth = {"most_calls": 2, "posts": [], "rings": [], "webhooks": []}
    scene.call(ANNA, 0, id_="a", result="answered_full", keys="1")
    scene.call(BORYS, 1, id_="b", result="busy")
    scene.call(BORYS, 5, id_="c", result="answered_short", keys="9")
    scene.call(DARIA, 8, id_="d", result="answered_full", keys="1")
    scene.attempts[3] |= {"provider_id": None, "keys": None, "result": "unknown", "finished_heard_at": None}
    scene.people = [
        {"id": 1, "phone": ANNA, "state": "done", "outcome": "promised", "finished_at": after(3)},
        {"id": 2, "phone": BORYS, "state": "done", "outcome": "opted_out", "finished_at": after(8)},
        {"id": 3, "phone": DARIA, "state": "done", "outcome": "unknown", "finished_at": after(40)},
    ]
    scene.messages = [{"id": 1, "phone": ANNA, "state": "delivered", "provider_id": "700"}]
    scene.truth["messages"] = [{"id": 700, "phone": ANNA}]
    scene.truth["modem_requests"] = [{"modem": MODEM, "at": told_at(3)}, {"modem": MODEM, "at": told_at(4)}]
    scene.pauses = [Pause(1, after(-1), after(7))]
    return scene


def test_nothing_is_found_in_a_sound_story() -> None:
    assert sound().found() == []


def crowd(scene: Scene) -> None:
    """Fifteen more while Anna and Borys are being called."""
    for number in range(15):
        ring = {**scene.truth["rings"][0], "task": f"more-{number}", "number": f"38067100{number:04d}"}
        scene.truth["rings"].append(ring)


def too_soon(scene: Scene) -> None:
    scene.truth["rings"][2]["started_at"] = told_at(3.9)


def too_soon_by_history(scene: Scene) -> None:
    """History tells neither keys nor ringing, but it excuses no more than the ringing."""
    scene.truth["rings"][2]["started_at"] = told_at(2.9)
    scene.attempts[1] |= {"history_at": after(3), "finished_heard_at": None}


def two_for_one(scene: Scene) -> None:
    scene.truth["posts"].append({**scene.truth["posts"][0], "at": told_at(0.5), "id": "e"})


def of_nobody(scene: Scene) -> None:
    scene.attempts[0]["claimed_at"] = after(1)


def never_rang(scene: Scene) -> None:
    scene.attempts[1] |= {"result": "unplaced", "provider_id": None}


def guessed(scene: Scene) -> None:
    """The call without its id, said to be what it was not."""
    scene.attempts[3]["result"] = "no_answer"


def given_to_another(scene: Scene) -> None:
    scene.attempts[3]["provider_id"], scene.attempts[2]["provider_id"] = "c", None


def unknown_though_told(scene: Scene) -> None:
    scene.attempts[0]["result"] = "unknown"


def forgotten(scene: Scene) -> None:
    del scene.inbox[0]


def asked_by_nobody(scene: Scene) -> None:
    scene.truth["posts"][0]["id"] = None


def keys_lost(scene: Scene) -> None:
    scene.attempts[0]["keys"] = None


def keys_of_another(scene: Scene) -> None:
    scene.attempts[1]["keys"] = [{"ivr_name": "Menu", "ivr_entry": "0", "key": "2"}]


def no_outcome(scene: Scene) -> None:
    scene.people[0]["outcome"] = "listened"


def not_stopped(scene: Scene) -> None:
    scene.stopped.clear()


def stop_by_text(scene: Scene) -> None:
    said = {"command": "smsReceived", "at": told_at(2), "fields": {"text": "STOP"}}
    scene.truth["webhooks"].append({**said, "phone": DARIA, "answer": 200})
    scene.stopped.add(DARIA)


def sent_twice(scene: Scene) -> None:
    scene.truth["messages"].append({"id": 701, "phone": ANNA})


def sent_though_failed(scene: Scene) -> None:
    scene.messages[0] |= {"state": "failed"}


def ordered_twice(scene: Scene) -> None:
    scene.messages.append({"id": 2, "phone": ANNA, "state": "unknown", "provider_id": None})


def never_sent(scene: Scene) -> None:
    scene.truth["messages"].clear()


def left_queued(scene: Scene) -> None:
    scene.messages[0] |= {"state": "queued", "provider_id": None}


def hurried_modem(scene: Scene) -> None:
    scene.truth["modem_requests"][1]["at"] = told_at(3.9)


def called_while_paused(scene: Scene) -> None:
    scene.pauses = [Pause(1, after(3.9), after(9))]


def lost_person(scene: Scene) -> None:
    del scene.people[2]


def left_waiting(scene: Scene) -> None:
    scene.people[2]["state"] = "waiting"


DAMAGES: list[tuple[Callable[[Scene], None], str]] = [
    (crowd, "17 calls were up at once, the account has 16 lines"),
    (too_soon, "was called again 0:00:00.900000 after a call, the shortest rest is 0:00:01"),
    (too_soon_by_history, f"{BORYS} was called at {told_at(2.9)} while another call was under way"),
    (two_for_one, f"{ANNA}: two requests for one attempt"),
    (of_nobody, f"{ANNA}: a request of {told_at(0)} without an attempt written before it"),
    (never_rang, f"{BORYS}: it rang at {told_at(1)}, and we say unplaced"),
    (guessed, f"the answer d of {DARIA} said success=True; the attempt says no_answer"),
    (given_to_another, f"the answer c of {BORYS} is of attempt 3, and was given to attempt 4"),
    (unknown_though_told, f"the answer a of {ANNA} said success=True; the attempt says unknown"),
    (forgotten, f"the answer a of {ANNA} got its 200 and is not kept"),
    (asked_by_nobody, f"the answer a of {ANNA} is of a call that no attempt asked for"),
    (keys_lost, f"the answer a of {ANNA} told the keys"),
    (keys_of_another, f"the answer b of {BORYS} told the keys []; the attempt has"),
    (no_outcome, f"{ANNA} pressed for promised, and the outcome is listened"),
    (not_stopped, f"{BORYS} said stop at {told_at(7)}, and is not on the do-not-call list"),
    (stop_by_text, f"{DARIA} said stop at {told_at(2)}, and was called at {told_at(8)}"),
    (sent_twice, f"2 messages were sent to {ANNA}, 1 were ordered and not failed"),
    (sent_though_failed, f"1 messages were sent to {ANNA}, 0 were ordered and not failed"),
    (ordered_twice, f"2 messages to {ANNA} were ordered, who pressed 1 in 1 calls"),
    (never_sent, f"message 1 to {ANNA} is told to be delivered, and LiraX never sent it"),
    (left_queued, f"message 1 to {ANNA} is left queued"),
    (hurried_modem, f"modem {MODEM} was asked 0:00:00.900000 after the request of {told_at(3)}"),
    (called_while_paused, f"{DARIA} was called at {told_at(8)}, its campaign was paused at"),
    (lost_person, "2 people are in the database, 3 came"),
    (left_waiting, f"{DARIA} is left waiting"),
]


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES, ids=[damage.__name__ for damage, _ in DAMAGES])
def test_damage_is_found(damage: Callable[[Scene], None], sentence: str) -> None:
    scene = deepcopy(sound())
    damage(scene)
    assert any(sentence in found for found in scene.found()), scene.found()


def test_what_only_history_told_of_may_come_as_much_sooner_as_it_rang() -> None:
    scene = sound()
    scene.truth["rings"][2]["started_at"] = told_at(3.05)
    scene.attempts[1] |= {"history_at": after(3), "finished_heard_at": None}
    assert scene.found() == []


def test_a_call_older_than_the_longest_holds_no_line() -> None:
    scene = sound()
    crowd(scene)
    scene.attempts[0]["claimed_at"] = after(-6)
    assert not any("at once" in found for found in scene.found())
