"""The sample campaign: an IVR with keys 1, 2 and 9, retries of seconds, SMS, at any hour of the day."""

from campaigns.rules.vocabulary import CampaignState

NAME = "Payment reminder"
LIST = "customers.csv"

DEFINITION = """\
# The campaign of the demo. `dzvin check .demo/campaign.yaml` tells what it does.
name: {name}
from: "101"
call:
  connect: "5001"               # an IVR that asks: 1 I will pay, 2 call me back, 9 never again
  success_after: 8s
  variables:
    money: "{{{{ сума }}}}"
    date: "{{{{ сплатити_до }}}}"
recipients: {list}
window: {{hours: "00:00-24:00"}}  # a demo may be shown at night; nobody's phone rings
retry:
  attempts: 3
  delay: 20s
  by_result: {{busy: 8s, answered_short: 30s}}
goal: key
rules:
  - when: {{key: "1"}}
    outcome: promised
    sms: "Дякуємо, {{{{ піб }}}}! Чекаємо {{{{ сума | money }}}} грн до {{{{ сплатити_до | date }}}}."
  - when: {{key: "2"}}
    outcome: call_back
  - when: {{key: "9"}}
    outcome: opted_out
    suppress: true
  - when: {{state: exhausted}}
    sms: "Ми не змогли до вас додзвонитися щодо {{{{ сума | money }}}} грн."
sms: {{modem: "380441234567", ext: "101", hours: "00:00-24:00"}}
"""

ENDED = {CampaignState.FINISHED, CampaignState.CANCELLED}


def definition_text(name: str) -> str:
    return DEFINITION.format(name=name, list=LIST)


def next_name(taken: dict[str, CampaignState]) -> str:
    """The campaign to go on with, else a name nobody has: the plain one, or one with a number."""
    ours = [name for name in taken if name == NAME or name.startswith(f"{NAME} ")]
    unfinished = [name for name in ours if taken[name] not in ENDED]
    if unfinished:
        return unfinished[-1]
    if NAME not in taken:
        return NAME
    return next(name for number in range(2, len(ours) + 3) if (name := f"{NAME} {number}") not in taken)
