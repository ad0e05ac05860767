"""Deliberate faults in the house, switched on one at a time: the simulation has to find each.

`python -m tests.simulation --mutant NAME --seeds 1-500` stops at the first seed that notices. Most are those
of the reliability note, section 4: what other systems do, or what somebody in a hurry would.
"""

from collections.abc import Mapping

from tests.simulation.mutating import Change, Mutant


def _one(says: str, module: str, old: str, new: str) -> Mutant:
    return Mutant(says, (Change(module, old, new),))


PLACING = "engine.passes.placing"
CLAIMING = "engine.apply.claiming"
CALLS = "engine.apply.calls"
RECONCILING = "engine.passes.reconciling"
TEXTING = "engine.passes.texting"

MUTANTS: Mapping[str, Mutant] = {
    "requeue-on-restart": _one(
        "a request that was under way when the program died is taken for not sent",
        RECONCILING,
        "done += self._deal_with(connection, attempt, _unclear(attempt, STOPPED))",
        "done += self._deal_with(connection, attempt, lambda change, row: "
        "calls.unplaced(change, row, detail=STOPPED))",
    ),
    "two-open-attempts": Mutant(
        "a number may have several open attempts",
        (
            Change(CLAIMING, "elif row.phone in busy:", "elif row.phone in by_hand:"),
            Change(
                "tests.simulation.disk",
                "template.close()",
                'template.close()\n        self.template.execute("DROP INDEX attempt_one_open")',
            ),
        ),
    ),
    "retry-on-timeout": Mutant(
        "a request that got no answer is sent again",
        (
            Change(
                PLACING,
                "await client.make_two_calls(sheet.request, before_send=check)",
                "await twice(lambda: client.make_two_calls(sheet.request, before_send=check))",
            ),
            Change(
                PLACING,
                "import LiraxError, Refused, Unavailable",
                "import LiraxError, Refused, Unavailable, Unclear\n\n"
                "async def twice(send):\n"
                "    try:\n"
                "        return await send()\n"
                "    except Unclear:\n"
                "        return await send()\n\n",
            ),
        ),
    ),
    "silence-means-no": _one(
        "a request that got no whole answer is taken for not sent",
        "engine.lirax.client",
        'raise wire.unclear(command, message, kind="network", status=sending.status, body=said) from error',
        'raise Unavailable(message, kind="network") from error',
    ),
    "server-error-means-no": _one(
        "an answer 5xx is taken for a proof that nothing was done",
        "engine.lirax.wire",
        '    kind = "server" if status >= 500 else "protocol"\n',
        '    if status >= 500:\n        raise Unavailable("it failed", kind="server", status=status)\n'
        '    kind = "server" if status >= 500 else "protocol"\n',
    ),
    "no-fence": _one(
        "nothing is looked at between the claim and the first byte",
        "engine.fences",
        "reason = await self._of_now(objection) or self.objection()",
        "reason = None",
    ),
    "stop-looked-at-only-when-claiming": _one(
        "who says stop after the claim is called nevertheless",
        PLACING,
        "if suppressions.among(connection, [attempt.phone]):",
        "if False:",
    ),
    "pause-looked-at-only-when-claiming": _one(
        "a campaign that is paused after the claim calls nevertheless",
        PLACING,
        "if campaign.state is not CampaignState.RUNNING:",
        "if False:",
    ),
    "hours-of-the-server": _one(
        "calling hours are those of Greenwich",
        "campaigns.rules.deciding",
        "        return (window.timezone,)\n    return person.zones",
        '        return ("UTC",)\n    return ("UTC",)',
    ),
    "window-without-margin": _one(
        "requests leave until the very end of a window",
        CLAIMING,
        "return opening is not None and change.now < opening.last_request_at",
        "return opening is not None",
    ),
    "line-freed-too-early": _one(
        "the line of an unclear call is free at once",
        CALLS,
        "        deadline=sent_at + change.house.settings.unclear_until,\n        detail=detail,\n    )\n",
        "        deadline=sent_at + change.house.settings.unclear_until,\n        detail=detail,\n    )\n"
        "    lines.release(change.connection, attempt.id)\n",
    ),
    "no-minimum-gap": Mutant(
        "a number is called again at once",
        (
            Change(CLAIMING, "elif row.phone in ended:", "elif False:"),
            Change(
                "campaigns.rules.retrying",
                "return None if delay is None else ended_at + max(delay, min_gap)",
                "return None if delay is None else ended_at + delay",
            ),
        ),
    ),
    "one-call-too-many": _one(
        "the retry rule counts one call less",
        "campaigns.rules.retrying",
        "if attempts >= policy.attempts:",
        "if attempts > policy.attempts:",
    ),
    "unplaced-counts": _one(
        "a call that never rang uses up an attempt",
        "campaigns.rules.deciding",
        "    turn = RETRY if standing.attempts else FIRST\n",
        "    standing = replace(standing, attempts=standing.attempts + 1)\n"
        "    turn = RETRY if standing.attempts else FIRST\n",
    ),
    "absence-believed-at-once": _one(
        "history that does not show a call yet is taken for a proof that it never rang",
        "campaigns.rules.history_verdicts",
        "        return max(self.ambiguity, self.longest_call)\n",
        "        return timedelta(seconds=5)\n",
    ),
    "outage-means-absence": _one(
        "a call history that cannot be had counts as an empty one",
        "engine.reconciliation.seeking",
        "    return [listed_of(call) async for call in client.calls(since=since, until=until)]",
        "    try:\n"
        "        return [listed_of(call) async for call in client.calls(since=since, until=until)]\n"
        "    except Exception:\n"
        "        return []",
    ),
    "verdicts-are-final": _one(
        "late evidence does not reopen a call that was declared never to have rung",
        CALLS,
        "    before = attempt\n    if finished and",
        "    before = attempt\n    if attempt.state is AttemptState.UNPLACED:\n        return\n"
        "    if finished and",
    ),
    "orphans-are-dropped": Mutant(
        "a finished webhook that overtakes the answer to its request is forgotten",
        (
            Change(
                PLACING,
                "for row in inbox.orphans(connection, account_id, cmd=inbox.FINISHED, subject=provider_id):",
                "for row in ():",
            ),
            Change(
                RECONCILING,
                "rows = inbox.late_matches(connection, account_id, since=since)",
                "rows = inbox.late_matches(connection, account_id, since=since)[:0]",
            ),
        ),
    ),
    "answered-before-stored": _one(
        "a webhook gets its 200 before it is stored",
        "engine.reception",
        "        await kept\n",
        "        kept.add_done_callback(lambda done: done.cancelled() or done.exception())\n",
    ),
    "ended-calls-come-back": _one(
        "an event that comes late makes an ended call an open one",
        CALLS,
        "if before.state in OPEN_ATTEMPTS and told.success is None and told.connected is None:",
        "if told.success is None and told.connected is None:",
    ),
    "call-ids-are-not-looked-at": _one(
        "an event is taken for one of the newest call, whatever its call id",
        "engine.apply.hearing",
        "attempt = attempts.with_callid(connection, account_id, event.callid)",
        "attempt = attempts.latest_to(connection, account_id, event.phone)",
    ),
    "modem-without-pace": _one(
        "each process keeps the pace of a modem for itself",
        "campaigns.store.sms",
        "update(_modem).where(_modem.c.id == modem_id, _modem.c.free_at <= now).values(free_at=until)",
        "update(_modem).where(_modem.c.id == modem_id).values(free_at=until)",
    ),
    "texts-sent-again": _one(
        "a message of which nobody knows whether it was sent is sent again",
        TEXTING,
        "return Ending(lambda change: messages.become(change, turn.message, unknown, detail=detail))",
        "return Ending(lambda change: _again(change, turn, at=change.now))",
    ),
    "lirax-calls-again": _one(
        "LiraX is let to redial by itself",
        PLACING,
        "        notbefore=hours[0],\n",
        "        timeout=30,\n        notbefore=hours[0],\n",
    ),
    "counts-drift": _one(
        "a kept count is forgotten where a call proves to have been placed",
        CALLS,
        "        attempts.save(change.connection, attempt.id, placed_at=attempt.claimed_at)\n"
        '        change.count(attempt.campaign_id, campaigns.CALLS, "placed")\n',
        "        attempts.save(change.connection, attempt.id, placed_at=attempt.claimed_at)\n",
    ),
    "unknown-counts-for-no-cap": _one(
        "a call of which nobody knows whether it rang does not count for the caps",
        "campaigns.store.called",
        "    _attempt.state.not_in(NEVER_RANG),\n)\n_ORDERED_BY_HAND",
        '    _attempt.state == "done",\n)\n_ORDERED_BY_HAND',
    ),
    "repeats-count": _one(
        "a webhook that comes twice is stored and applied twice",
        "engine.lirax.webhooks",
        "            parts: list[str | None] = [provider_id]\n",
        "            return None\n",
    ),
    "keys-are-forgotten": _one(
        "of the keys somebody pressed only the one that ends all calls is kept",
        "campaigns.rules.confluence",
        "    return tuple(keys)\n",
        '    return tuple(press for press in keys if press.key == "9")\n',
    ),
    "history-tells-nothing": _one(
        "what call history shows of a call is not taken in",
        "engine.reconciliation.telling",
        "    if attempt.history_at is None:\n",
        "    if False:\n",
    ),
}
