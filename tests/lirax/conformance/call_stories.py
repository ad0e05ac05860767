"""Stories about calls: what our client understands of them whatever the options of LiraX are."""

from engine.lirax.requests import KillCall, MakeCall, MakeTwoCalls
from engine.lirax.simulator.people import Behaviour, Pickup
from engine.lirax.webhooks import CallEvent, CallFinished, EmployeeCallFinished
from tests.lirax.conformance.talk import Talk, story
from tests.lirax.simulator.building import ANNA, BORYS, IVR

LONG = Behaviour(talk_seconds=300)
SILENT = Behaviour(pickup=Pickup.NO_ANSWER)


def a_call(**values: object) -> MakeTwoCalls:
    usual = {"from_ext": "101", "to1": ANNA, "to2": IVR, "successtime": 15}
    return MakeTwoCalls.model_validate(usual | values)


@story("makeCall")
async def an_employee_calls_a_client_who_answers(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=20))
    taken = await talk.client.send(MakeCall(from_ext="101", to=ANNA, idshop=7))
    await talk.play()
    for finished in talk.told_at_least_once(EmployeeCallFinished):
        assert (finished.provider_id, finished.success) == (taken.id_makecall, True)
        callids = {event.callid for event in talk.told(CallEvent)}
        assert (finished.callid in callids) == talk.options.call_id_equals_callid or not callids
    assert {(event.phone, event.ext) for event in talk.told(CallEvent)} <= {(ANNA, "101")}


@story("makeCall")
async def an_employee_calls_a_client_who_does_not_answer(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, SILENT)
    taken = await talk.client.send(MakeCall(from_ext="101", to=ANNA))
    await talk.play()
    for finished in talk.told_at_least_once(EmployeeCallFinished):
        assert finished == EmployeeCallFinished(taken.id_makecall, None, False)


@story("makeCall")
async def a_shop_that_there_is_not_is_refused(talk: Talk) -> None:
    await talk.is_refused(MakeCall(from_ext="101", to=ANNA, idshop=99))


@story("killCall")
async def a_call_that_runs_is_ended(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, LONG)
    await talk.client.send(MakeCall(from_ext="101", to=ANNA))
    await talk.pass_seconds(60)
    call_id = id_of_the_call(talk)
    if talk.options.killcall_accepts == "callid":
        await talk.is_refused(KillCall(call_id=call_id))
    await talk.client.send(KillCall(call_id=call_id, both_spellings=True))
    await talk.play()
    [call] = talk.exchange.truth.calls
    assert call.seconds < 100


def id_of_the_call(talk: Talk) -> str:
    """From makecall_finished if it has come by now, else from an event, else from the exchange itself."""
    finished = [each.callid for each in talk.told(EmployeeCallFinished) if each.callid]
    events = [event.callid for event in talk.told(CallEvent)]
    return (finished + events + list(talk.exchange.live))[0]


@story("killCall")
async def a_call_that_is_over_or_unknown_does_not_run(talk: Talk) -> None:
    request = KillCall(call_id="nobody-knows", both_spellings=True)
    await talk.goes_by_code(request, talk.options.killcall_dead_call_code)


@story("make2Calls")
async def a_person_answers_listens_and_presses_keys(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(keys="97", talk_seconds=30))
    request = a_call(vmoney="1250.00", vdate="tomorrow", vtime="09:30")
    provider_id = (await talk.client.send(request)).id_make2calls
    await talk.play()
    for finished in talk.told_at_least_once(CallFinished):
        assert (finished.provider_id, finished.success) == (provider_id, True)
        if talk.options.make2calls_finished_at == "hangup":
            assert finished.duration_success is True
            assert [press.key for press in finished.keys] == ["9", "7"]
    [post] = talk.exchange.truth.posts
    assert post.fields == request.form()


@story("make2Calls")
async def a_person_does_not_answer_and_is_redialled_by_lirax(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, SILENT)
    taken = await talk.client.send(a_call(timeout=20))
    await talk.play()
    assert len(talk.exchange.truth.rings_of(ANNA)) > 1
    for finished in talk.told_at_least_once(CallFinished):
        assert finished == CallFinished(taken.id_make2calls, False, False, ())


@story("make2Calls")
async def a_person_hangs_up_soon(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=4))
    taken = await talk.client.send(a_call(timeout=10))
    await talk.play()
    rings = len(talk.exchange.truth.rings_of(ANNA))
    assert rings == 1 or talk.options.retry_on_short
    for finished in talk.told_at_least_once(CallFinished):
        assert (finished.provider_id, finished.success) == (taken.id_make2calls, True)
        assert finished.duration_success is False
        assert finished.keys == ()


@story("make2Calls")
async def the_second_party_does_not_answer(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=60))
    talk.exchange.people.script(BORYS, SILENT)
    await talk.client.send(a_call(to2=BORYS))
    await talk.play()
    for finished in talk.told_at_least_once(CallFinished):
        assert finished.success == (talk.options.success_means == "first_leg")


@story("make2Calls")
async def our_receiver_is_down_for_a_moment(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=30, events=False))
    taken = await talk.client.send(a_call())
    talk.ear.codes = [503]
    await talk.play()
    assert {finished.provider_id for finished in talk.told(CallFinished)} <= {taken.id_make2calls}
    heard = len(talk.told(CallFinished))
    assert heard >= talk.options.webhook_attempts - 1 or talk.options.webhook_faults == "drop"


@story("make2Calls")
async def a_recording_is_played_to_a_person(talk: Talk) -> None:
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=30))
    await talk.client.send(a_call(to2="https://files.example.com/reminder.mp3"))
    await talk.play()
    assert all(finished.success for finished in talk.told_at_least_once(CallFinished))


@story("make2Calls")
async def a_call_comes_outside_its_hours(talk: Talk) -> None:
    """It is noon, and calling is allowed from six in the evening."""
    talk.exchange.people.script(ANNA, Behaviour(talk_seconds=30))
    request = a_call(notbefore="18", notafter="21")
    if talk.options.window_policy == "reject":
        await talk.is_refused(request)
        return
    taken = await talk.client.send(request)
    await talk.play()
    for finished in talk.told_at_least_once(CallFinished):
        assert finished.provider_id == taken.id_make2calls
        assert finished.success == (talk.options.window_policy == "wait")


@story("make2Calls")
async def hours_go_over_midnight(talk: Talk) -> None:
    request = a_call(notbefore="11", notafter="06")
    await talk.goes_by_code(request, 400 if talk.options.window_overnight == "reject" else 200)


CALL_STORIES = (
    an_employee_calls_a_client_who_answers,
    an_employee_calls_a_client_who_does_not_answer,
    a_shop_that_there_is_not_is_refused,
    a_call_that_runs_is_ended,
    a_call_that_is_over_or_unknown_does_not_run,
    a_person_answers_listens_and_presses_keys,
    a_person_does_not_answer_and_is_redialled_by_lirax,
    a_person_hangs_up_soon,
    the_second_party_does_not_answer,
    our_receiver_is_down_for_a_moment,
    a_recording_is_played_to_a_person,
    a_call_comes_outside_its_hours,
    hours_go_over_midnight,
)
