"""`dzvin doctor`: examines every part, whatever is wrong with the others. It changes nothing."""

from engine.settings import Settings
from web.cli.doctor.database import examine_database, examine_disk
from web.cli.doctor.findings import Finding
from web.cli.doctor.outside import examine_clock, examine_history, examine_lirax, examine_webhooks


async def examine(settings: Settings) -> list[Finding]:
    return [
        *await examine_database(settings),
        examine_disk(settings),
        await examine_lirax(settings),
        *await examine_webhooks(settings),
        examine_history(settings),
        await examine_clock(settings),
    ]
