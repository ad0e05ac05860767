"""What comes from outside in the storm: what operators do, and what happens to machines and to LiraX."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from campaigns.rules.matching import EARLY, FARTHEST
from campaigns.rules.vocabulary import CampaignId
from engine.commands.campaigns import cancel, find_campaign, pause, resume
from engine.commands.importing import add_recipients
from engine.commands.suppressing import suppress
from engine.commands.triggering import Trigger, cancel_call, trigger_call
from engine.errors import CannotDo, Conflict, NotFound
from engine.house import House
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.modems import ModemState
from tests.simulation.disk import DiskFaults
from tests.simulation.process import Process
from tests.simulation.story import MODEM

if TYPE_CHECKING:
    from tests.simulation.world import World

Happening = Callable[..., Awaitable[None]]


async def _ask(world: "World", work: Callable[[House], Any]) -> None:
    """Somebody asks whichever process is up; what cannot be done now is asked again until it is calm."""
    world.outside(_insist(world, work), "operator")


async def _insist(world: "World", work: Callable[[House], Any]) -> Any:
    for _ in range(200):
        up = [process for process in world.processes if process.is_up]
        if up:
            process = up[int(world.chance.random() * len(up))]
            assert process.house is not None
            try:
                return await world.by(process, work(process.house))
            except (Conflict, NotFound):
                return None
            except CannotDo:
                pass
        await asyncio.sleep(5)
    return None


async def _pause(world: "World", name: str, seconds: float) -> None:
    async def work(house: House) -> None:
        await pause(house, await find_campaign(house, name))

    async def again(house: House) -> None:
        await resume(house, await find_campaign(house, name))

    async def both() -> None:
        await _insist(world, work)
        await asyncio.sleep(seconds)
        await _insist(world, again)

    world.outside(both(), "operator")


async def _resume_all(world: "World", process: Process) -> None:
    async def work(house: House) -> None:
        for number in range(1, len(world.story.campaigns) + 1):
            try:
                await resume(house, CampaignId(number))
            except Conflict:
                continue

    assert process.house is not None
    try:
        await world.by(process, work(process.house))
    except CannotDo:
        return


async def _cancel(world: "World", name: str) -> None:
    async def work(house: House) -> None:
        await cancel(house, await find_campaign(house, name))

    await _ask(world, work)


async def _suppress(world: "World", phone: str) -> None:
    async def work(house: House) -> None:
        await suppress(house, [phone], reason=None, source="api")

    await _ask(world, work)


async def _stop_sms(world: "World", phone: str) -> None:
    world.exchange.modems.receive(phone, modem=MODEM, text="STOP", now=world.clock.now())


async def _trigger(world: "World", name: str, phone: str, cancelled_after: float) -> None:
    async def work(house: House) -> Any:
        return await trigger_call(house, Trigger(name, phone, "triggered", {"phone": phone}))

    async def both() -> None:
        recipient_id = await _insist(world, work)
        await asyncio.sleep(cancelled_after)
        if recipient_id is not None and cancelled_after < 30:
            await _insist(world, lambda house: cancel_call(house, recipient_id))

    world.outside(both(), "operator")


async def _add(world: "World", name: str, phones: tuple[str, ...]) -> None:
    async def work(house: House) -> Any:
        rows = [{"phone": phone} for phone in phones]
        return await add_recipients(house, await find_campaign(house, name), rows=rows)

    async def all_of_them() -> None:
        if await _insist(world, work) is not None:
            world.added += [(name, phone) for phone in phones]

    world.outside(all_of_them(), "operator")


async def _crash(world: "World", number: int) -> None:
    life = world.processes[number].life
    if life is not None and not life.dead:
        world.loop.kill(life)


async def _freeze(world: "World", number: int, seconds: float) -> None:
    life = world.processes[number].life
    if life is None or life.dead or life.frozen:
        return
    world.loop.freeze(life)
    world.watch.counts.freezes += 1

    async def thaw() -> None:
        await asyncio.sleep(seconds)
        if life.frozen:
            world.told(f"{life} goes on")
            world.loop.thaw(life)

    world.outside(thaw(), "freezer")


async def _stop(world: "World", number: int) -> None:
    process = world.processes[number]
    if process.is_up and process.life is not None and not process.life.frozen:
        process.run(process.stop(), name="stopping")


async def _jump(world: "World", number: int, seconds: float) -> None:
    process = world.processes[number]
    process.clock.wrong_by += timedelta(seconds=seconds)
    process.jumped_at = world.loop.time()
    world.watch.far_off |= abs(process.clock.wrong_by) > FARTHEST
    several = len(world.processes) > 1  # where one is set back, the other is ahead of it
    if several or not process.is_up:  # clocks of several differ, or nobody notices
        world.watch.hurried |= several or seconds > 0
        world.watch.far_off |= seconds < -EARLY.total_seconds()


async def _lirax_down(world: "World", seconds: float) -> None:
    world.network.down = True

    async def up() -> None:
        await asyncio.sleep(seconds)
        world.network.down = False

    world.outside(up(), "LiraX")


async def _lirax_restarts(world: "World") -> None:
    world.exchange.restart()
    world.watch.rang()


async def _key_refused(world: "World", seconds: float) -> None:
    world.exchange.revoked = True

    async def good() -> None:
        await asyncio.sleep(seconds)
        world.exchange.revoked = False

    world.outside(good(), "LiraX")


async def _modem(world: "World", state: str, seconds: float) -> None:
    world.exchange.modems.set_state(MODEM, ModemState(state))

    async def works() -> None:
        await asyncio.sleep(seconds)
        world.exchange.modems.set_state(MODEM, ModemState.CONNECTED)

    world.outside(works(), "modem")


async def _disk_away(world: "World", seconds: float) -> None:
    world.disk.faults = DiskFaults(commit=1.0, statement=0.5)

    async def back() -> None:
        await asyncio.sleep(seconds)
        world.disk.faults = DiskFaults() if world.calm else world.story.disk

    world.outside(back(), "disk")


async def _history_away(world: "World", seconds: float) -> None:
    fault = Fault(RequestFault.ERROR, command="historyExport", times=None)
    world.exchange.faults.inject(fault)

    async def back() -> None:
        await asyncio.sleep(seconds)
        waiting = world.exchange.faults.waiting()
        world.exchange.faults.clear()
        for each in waiting:
            if each is not fault:
                world.exchange.faults.inject(each)

    world.outside(back(), "history")


async def _webhooks_away(world: "World", seconds: float) -> None:
    outage = object()
    world.postman.outages.add(outage)

    async def back() -> None:
        await asyncio.sleep(seconds)
        world.postman.outages.discard(outage)

    world.outside(back(), "webhooks")


async def _all_silent(world: "World", seconds: float) -> None:
    """LiraX tells nothing any more, neither by itself nor when it is asked."""
    await _webhooks_away(world, seconds)
    await _history_away(world, seconds)


async def ambush(world: "World", kind: str, *, phone: str, campaign: str, process: int) -> None:
    """Something that happens just when this number has been claimed."""
    about: dict[str, tuple[Any, ...]] = {
        "suppress": (phone,),
        "stop_sms": (phone,),
        "pause": (campaign, world.chance.uniform(5, 60)),
        "cancel": (campaign,),
        "freeze": (process, world.chance.choice((1, 30, 900)) * world.chance.random()),
    }
    world.told(f"ambush: {kind} {about[kind]}")
    await HAPPENINGS[kind](world, *about[kind])
    if kind == "freeze" and world.chance.random() < 0.5:  # what it does at once when it goes on is its last
        await asyncio.sleep(about[kind][1] + world.chance.uniform(0.01, 0.3))
        await HAPPENINGS["crash"](world, process)


HAPPENINGS: dict[str, Happening] = {
    "pause": _pause,
    "resume": _resume_all,
    "cancel": _cancel,
    "suppress": _suppress,
    "stop_sms": _stop_sms,
    "trigger": _trigger,
    "add": _add,
    "crash": _crash,
    "freeze": _freeze,
    "stop": _stop,
    "jump": _jump,
    "lirax_down": _lirax_down,
    "lirax_restarts": _lirax_restarts,
    "key_refused": _key_refused,
    "modem": _modem,
    "disk_away": _disk_away,
    "history_away": _history_away,
    "webhooks_away": _webhooks_away,
    "all_silent": _all_silent,
}
