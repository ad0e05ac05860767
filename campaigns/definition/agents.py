"""Who takes the calls of a campaign that connects people (`agents`), and what of its pace depends on them."""

import re

from campaigns.definition.fields import read_extension, read_scalar
from campaigns.definition.reading import Place, Section, shown
from campaigns.definition.tree import Blank, Entries, Items, Scalar
from campaigns.rules.policy import Agents

EVERYBODY = "all"
MOST_AGENTS = 1_000
MOST_PER_AGENT = 10.0  # more calls at once for one person is a slip of the pen
LEAST_SHARE, MOST_SHARE = 0.001, 0.5  # of people who may find nobody
NOBODY = Agents(frozenset())  # stands for agents in which a problem was found
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_NEEDS_AGENTS = ("per_agent", "max_abandoned")


def read_agents(section: Section) -> Agents | None:
    """Those of the definition, which may stand in `call` too; None where calls wait for nobody to be free."""
    at_the_top, call = section.get("agents"), section.get("call")
    in_call = None if call is None else _inside(call, "agents")
    if at_the_top is not None and in_call is not None:
        in_call.wrong("stands at the top of the definition too; exactly one of them is allowed")
    place = at_the_top or in_call
    if place is None:
        return None
    if call is not None and _inside(call, "connect") is None and _inside(call, "play") is not None:
        place.wrong("needs call.connect: a recording is played without agents")
        return NOBODY
    return _read(place)


def demand_agents(pace: Section) -> None:
    """Report what of the pace means nothing without agents."""
    for key in _NEEDS_AGENTS:
        place = pace.get(key)
        if place is not None:
            place.wrong("needs agents: name who takes the calls, as in “agents: all”")


def read_per_agent(place: Place) -> float | None:
    """Calls in the air for each free agent."""
    text = read_scalar(place, what="a number such as 1.5")
    if text is None:
        return None
    if not _DECIMAL.fullmatch(text) or not 0 < float(text) <= MOST_PER_AGENT:
        place.wrong(f"{shown(text)} is not a number above 0 and up to {MOST_PER_AGENT:g}, such as 1.5")
        return None
    return float(text)


def read_max_abandoned(place: Place) -> float | None:
    """A share, written with its sign: `3%`."""
    text = read_scalar(place, what="a share such as 3%")
    if text is None:
        return None
    number = text.removesuffix("%").rstrip()
    if not text.endswith("%") and _DECIMAL.fullmatch(text):
        place.wrong(f"{shown(text)} may mean two shares; write it with its sign, as in “3%”")
        return None
    share = float(number) / 100 if _DECIMAL.fullmatch(number) else 0.0
    if not LEAST_SHARE <= share <= MOST_SHARE:
        place.wrong(f"{shown(text)} is not a share from 0.1% to 50%, such as “3%”")
        return None
    return share


def _inside(place: Place, key: str) -> Place | None:
    """A value of a mapping, without opening it: its own reader reports what is wrong with it."""
    entries = place.node.entries if isinstance(place.node, Entries) else ()
    found = next((entry for entry in entries if entry.key == key), None)
    if found is None or isinstance(found.node, Blank):
        return None
    return place.inner(key, found.node, line=found.line)


def _read(place: Place) -> Agents:
    if isinstance(place.node, Scalar) and place.node.text.strip() == EVERYBODY:
        return Agents(None)
    if isinstance(place.node, Items) and not place.node.items:
        place.wrong("names nobody; write “all”, or the extensions of those who take the calls")
        return NOBODY
    places = place.items()
    if len(places) > MOST_AGENTS:
        place.wrong(f"names {len(places)} agents, at most {MOST_AGENTS} are allowed")
        return NOBODY
    exts = [read_extension(each) for each in places]
    return Agents(frozenset(ext for ext in exts if ext is not None))
