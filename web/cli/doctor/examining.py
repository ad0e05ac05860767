"""`dzvin doctor`: examines every part, whatever is wrong with the others. It changes nothing."""

import asyncio
from dataclasses import replace

from engine.errors import CannotDo
from engine.settings import Settings
from web.cli.doctor.asking import examine_clock, examine_lirax
from web.cli.doctor.calls import examine_history
from web.cli.doctor.database import examine_database, examine_disk, examine_spool
from web.cli.doctor.findings import Finding, broken
from web.cli.doctor.keeping import examine_keeping
from web.cli.doctor.patients import Patient, patients_here
from web.cli.doctor.remembered import examine_remembered
from web.cli.doctor.webhooks import examine_webhooks


async def examine(settings: Settings) -> list[Finding]:
    return [
        *await examine_database(settings),
        examine_disk(settings),
        *examine_spool(settings),
        examine_keeping(settings),
        *await _examine_accounts(settings),
    ]


async def _examine_accounts(settings: Settings) -> list[Finding]:
    try:
        async with patients_here(settings) as patients:
            found = await asyncio.gather(*map(examine_account, patients))
    except CannotDo as error:  # a secret that was sealed under another key
        return [broken("accounts", str(error))]
    return [finding for findings in found for finding in findings]


async def examine_account(patient: Patient) -> list[Finding]:
    found = [
        await examine_lirax(patient),
        *await examine_webhooks(patient),
        await examine_history(patient),
        await examine_clock(patient),
        *await examine_remembered(patient),
    ]
    return [replace(finding, account=patient.facts.name) for finding in found]
