"""makeCall and killCall: the employee rings first, then the client; reported by `makecall_finished`."""

from datetime import datetime

from engine.lirax.simulator.conversation import Conversation, Ended, Party, Plan, Side
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.events import About, CallEvents
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.lines import Lines
from engine.lirax.simulator.webhook_values import Webhook


class OneCalls:
    def __init__(self, core: Core, webhooks: Webhooks, lines: Lines) -> None:
        self._core = core
        self._webhooks = webhooks
        self._lines = lines
        self._live: dict[str, Conversation] = {}  # by every id that killCall may name
        self._reported: set[str] = set()
        self._known: dict[str, tuple[str, bool | None]] = {}

    def submit(self, *, ext: str, phone: str, now: datetime) -> str:
        """The id of the task, taken on."""
        task = self._core.new_id("makecall")
        self._known[task] = ("", None)
        self._lines.take(task, lambda at: self._dial(task, ext=ext, phone=phone, now=at), now=now)
        return task

    def known(self, task: str) -> tuple[str, bool | None] | None:
        """(call id, whether the client answered), as far as it has come; None for a task we never had."""
        return self._known.get(task)

    def kill(self, call_id: str, *, now: datetime) -> bool:
        """Whether there was such a call to end."""
        conversation = self._live.get(call_id)
        if conversation is None or conversation.over:
            return False
        conversation.hang_up(now)
        return True

    def _dial(self, task: str, *, ext: str, phone: str, now: datetime) -> None:
        events = CallEvents(self._core, self._webhooks, About(task=task, phone=phone, ext=ext))
        call_id = events.callid if self._core.options.call_id_equals_callid else self._core.new_id("call")
        conversation = Conversation(
            self._core,
            Plan(
                task=task,
                ext=ext,
                first=Party(ext, Side.OFFICE),
                second=Party(phone, Side.PERSON),
                client=phone,
            ),
            events=events,
            on_joined=lambda at: self._joined(task, call_id, phone=phone, now=at),
            on_end=lambda ended, at: self._ended(task, call_id, ended, phone=phone, now=at),
        )
        self._live.update({call_id: conversation, events.callid: conversation})
        conversation.start(now)

    def _joined(self, task: str, call_id: str, *, phone: str, now: datetime) -> None:
        if self._core.options.makecall_finished_at == "answer":
            self._report(task, call_id, answered=True, phone=phone, now=now)

    def _ended(self, task: str, call_id: str, ended: Ended, *, phone: str, now: datetime) -> None:
        self._report(task, call_id, answered=ended.both_answered, phone=phone, now=now)
        self._live = {known: call for known, call in self._live.items() if not call.over}
        self._lines.release(now=now)

    def _report(self, task: str, call_id: str, *, answered: bool, phone: str, now: datetime) -> None:
        if task in self._reported:
            return
        self._reported.add(task)
        self._known[task] = (call_id if answered else "", answered)
        told = {
            "id_makecall": task,
            **self._call_id(call_id, answered=answered),
            "success": str(int(answered)),
        }
        self._webhooks.send(Webhook("makecall_finished", told, phone=phone, subject=task), now=now)

    def _call_id(self, call_id: str, *, answered: bool) -> dict[str, str]:
        if answered:
            return {"Call_id": call_id}
        return {"Call_id": ""} if self._core.options.call_id_when_failed == "empty" else {}
