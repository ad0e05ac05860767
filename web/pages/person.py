"""One person of a campaign: where they stand, and all that happened, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from campaigns.rules.recordings import recordings_of
from campaigns.rules.vocabulary import CampaignId, RecipientId
from campaigns.store import heard_calls, timeline
from campaigns.store.heard_calls import HeardRow
from campaigns.store.timeline import PersonCall, PersonErrand, PersonMessage
from campaigns.store.views import RecipientView, campaign_view, recipient_view
from engine.commands.erasing import erase
from engine.errors import NotFound
from web.pages.addresses import Id
from web.pages.route import PageRoute
from web.pages.visit import Here, Visit, go_to
from web.pages.words import Tone, Word, spoken, word_of_call

viewer_router = APIRouter(route_class=PageRoute)
admin_router = APIRouter(route_class=PageRoute)

UTM_WORDS = {
    "cs": "source",
    "cm": "medium",
    "cc": "campaign",
    "ct": "term",
    "tid": "tracking id",
    "cid": "client id",
}
ERRANDS = {
    "task": "Task in LiraX",
    "note": "Note in LiraX",
    "deal": "Deal in LiraX",
    "message": "Message to an employee",
    "contact": "Contact in LiraX",
    "campaign": "Sent on to another campaign",
}
TONES = {
    "done": Tone.GOOD,
    "sent": Tone.GOOD,
    "delivered": Tone.GOOD,
    "queued": Tone.WAIT,
    "sending": Tone.LIVE,
}


@dataclass(frozen=True)
class Happening:
    """One line of the timeline. `sounds` are addresses of our own."""

    at: datetime
    key: str
    icon: str
    title: str
    word: str
    meaning: Word
    facts: Sequence[str] = ()
    keys: Sequence[Mapping[str, Any]] = ()
    sounds: Sequence[str] = field(default=())


@viewer_router.get("/campaigns/{campaign_id}/people/{recipient_id}")
async def show_person(visit: Here, campaign_id: Id, recipient_id: Id) -> Response:
    campaign, person = CampaignId(campaign_id), RecipientId(recipient_id)
    view, zone, happenings = await visit.house.database.read(
        lambda connection: _read(connection, visit, campaign, person)
    )
    return visit.page("people/show.html", view=view, zone=zone, happenings=happenings)


@admin_router.post("/campaigns/{campaign_id}/people/{recipient_id}/erase")
async def erase_person(visit: Here, campaign_id: Id, recipient_id: Id) -> Response:
    """Asked once more first: it cannot be undone."""
    campaign, person = CampaignId(campaign_id), RecipientId(recipient_id)
    find = partial(timeline.of_campaign, campaign_id=campaign, recipient_id=person)
    found = await visit.house.database.read(find)
    if found is None:
        raise NotFound(f"there is no person {recipient_id} in campaign {campaign_id}")
    phone = found[1]
    place = f"/campaigns/{campaign_id}"
    if not phone:
        return go_to(f"{place}/people/{recipient_id}")
    if visit.form.fields.get("confirm") != "yes":
        return visit.page("people/confirm_erase.html", place=f"{place}/people/{recipient_id}", phone=phone)
    done = await erase(visit.house, phone, by=visit.session.email)
    return visit.page("people/erased.html", place=place, phone=phone, done=done)


def _read(
    connection: Connection, visit: Visit, campaign_id: CampaignId, recipient_id: RecipientId
) -> tuple[RecipientView, str, list[Happening]]:
    policies = visit.house.policies
    found = timeline.of_campaign(connection, campaign_id, recipient_id)
    view = recipient_view(connection, recipient_id, now=visit.now, policies=policies)
    campaign = campaign_view(connection, campaign_id, now=visit.now, policies=policies)
    if found is None or view is None or campaign is None:
        raise NotFound(f"there is no person {recipient_id} in campaign {campaign_id}")
    account_id, phone = found
    place = f"/campaigns/{campaign_id}"
    happenings = [
        *(_call(call, place=place) for call in timeline.calls(connection, recipient_id)),
        *(_message(message) for message in timeline.messages(connection, recipient_id)),
        *(_errand(errand) for errand in timeline.errands(connection, recipient_id)),
        *(_call_back(heard, place=place) for heard in heard_calls.from_person(connection, account_id, phone)),
    ]
    return view, campaign.timezone, sorted(happenings, key=lambda each: each.at)


def _call(call: PersonCall, *, place: str) -> Happening:
    word, meaning = word_of_call(call.state, call.result)
    return Happening(
        at=call.placed_at or call.claimed_at,
        key=f"call-{call.id}",
        icon="phone",
        title=f"Call {call.number}",
        word=word,
        meaning=meaning,
        facts=_facts_of_call(call),
        keys=call.keys or (),
        sounds=_sounds(f"{place}/calls/{call.id}", call.recording),
    )


def _facts_of_call(call: PersonCall) -> list[str]:
    facts = [f"{call.duration} s"] if call.duration is not None else []
    facts += [f"joined with {call.agent}"] if call.agent else []
    facts += ["answered and found nobody to talk to"] if call.abandoned else []
    facts += [f"LiraX calls it {call.provider_id}"] if call.provider_id else []
    facts += [f"its call id is {call.callid}"] if call.callid else []
    facts += [f"{UTM_WORDS.get(name, name)}: {value}" for name, value in (call.utm or {}).items()]
    return [*facts, call.detail] if call.detail else facts


def _call_back(heard: HeardRow, *, place: str) -> Happening:
    """A person who calls us; calling back ends no calling by itself."""
    answered = heard.answered_at is not None or heard.status == "Success"
    by = f" by {heard.ext}" if heard.ext else ""
    if answered:
        word, meaning = "answered", Word(Tone.GOOD, f"somebody answered{by}")
    elif heard.status == "Missed" or heard.ended_at is not None:
        word, meaning = "missed", Word(Tone.BAD, "nobody answered this call")
    else:
        word, meaning = "ringing", Word(Tone.LIVE, "it rings, or its end was not told")
    facts = [f"answered{by}"] if answered and by else [f"it rang at {heard.ext}"] if heard.ext else []
    facts += [f"{heard.duration} s"] if heard.duration else []
    facts += [f"{UTM_WORDS.get(name, name)}: {value}" for name, value in (heard.utm or {}).items()]
    sounds = _sounds(f"{place}/calls-back/{heard.id}", heard.recording)
    key = f"back-{heard.id}"
    return Happening(heard.heard_at, key, "phone", "Called us", word, meaning, facts, sounds=sounds)


def _message(message: PersonMessage) -> Happening:
    meaning = Word(TONES.get(message.state, Tone.BAD), message.detail or f"the message is {message.state}")
    said = [f"“{message.text}”"] if message.text else []
    facts = [*said, *([message.detail] if message.detail else [])]
    at = message.sent_at or message.created_at
    return Happening(at, f"sms-{message.id}", "message", "SMS", message.state, meaning, facts)


def _errand(errand: PersonErrand) -> Happening:
    meaning = Word(TONES.get(errand.state, Tone.BAD), errand.detail or f"it is {spoken(errand.state)}")
    said = [str(errand.body[name]) for name in ("text", "name") if errand.body.get(name)]
    facts = [*(f"“{text}”" for text in said), *([errand.detail] if errand.detail else [])]
    title = ERRANDS.get(errand.kind, errand.kind)
    at = errand.finished_at or errand.created_at
    return Happening(at, f"errand-{errand.id}", "file", title, errand.state, meaning, facts)


def _sounds(place: str, recording: str | None) -> list[str]:
    return [f"{place}/recordings/{number}" for number, _ in enumerate(recordings_of(recording), start=1)]
