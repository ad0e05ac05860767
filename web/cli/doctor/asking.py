"""Asks one LiraX account something harmless: whether it takes our key, what time it is there."""

from engine.lirax.clock_apart import seconds_ahead
from engine.lirax.errors import LiraxError
from engine.lirax.requests import GetShops
from web.cli.doctor.findings import Finding, broken, fine, look
from web.cli.doctor.patients import Patient, way_to_set

CLOCK_ODD_SECONDS = 30.0
CLOCK_WRONG_SECONDS = 300.0


async def examine_lirax(patient: Patient) -> Finding:
    if patient.client is None:
        lacks = way_to_set(patient.facts, "DZVIN_LIRAX_TOKEN", otherwise=f"set {patient.facts.name} --token")
        return broken("lirax", f"no key: {lacks}: nothing can be dialled")
    asked = patient.clock.elapsed()
    try:
        await patient.client.send(GetShops())
    except LiraxError as error:
        return broken("lirax", f"{patient.facts.url}: {error.kind}: {error}")
    return fine("lirax", f"{patient.facts.url} takes our key, in {patient.clock.elapsed() - asked:.2f} s")


async def examine_clock(patient: Patient) -> Finding:
    ahead = await seconds_ahead(patient.facts.url, clock=patient.clock)
    if ahead is None:
        return look("clock", "cannot be compared: LiraX does not tell the time")
    says = f"LiraX's is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    if abs(ahead) > CLOCK_WRONG_SECONDS:
        return broken("clock", f"{says}: set this machine's clock, or phones ring at the wrong hour")
    return look("clock", says) if abs(ahead) > CLOCK_ODD_SECONDS else fine("clock", says)
