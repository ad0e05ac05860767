"""What the person hears (`call`), how fast and how often (`pace`, `retry`)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from campaigns.definition.agents import demand_agents, read_max_abandoned, read_per_agent
from campaigns.definition.audio import read_play
from campaigns.definition.fields import read_digits, read_duration, read_text, read_whole, read_word
from campaigns.definition.reading import Place, Section, open_section
from campaigns.definition.surroundings import Surroundings
from campaigns.definition.tree import Scalar
from campaigns.rules.policy import Agents, Call, Pace, RetryPolicy
from campaigns.rules.spoken_values import spoken_date, spoken_money, spoken_time
from campaigns.rules.vocabulary import CallResult
from campaigns.texts import parse_text

CALL_KEYS = ("play", "connect", "success_after", "variables", "agents")
PACE_KEYS = ("lines", "per_minute", "weight", "per_agent", "max_abandoned")
RETRY_KEYS = ("attempts", "delay", "by_result")
SPOKEN = MappingProxyType({"money": spoken_money, "date": spoken_date, "time": spoken_time})
NEVER = "never"
NOWHERE = Call(play=None, connect=None, success_after=timedelta(0))
_MOST_LINES = 10_000
_MOST_PER_MINUTE = 100_000
_MOST_WEIGHT = 1_000
_MOST_ATTEMPTS = 1_000


def read_call(place: Place, surroundings: Surroundings) -> Call | None:
    section = open_section(place, CALL_KEYS)
    if section is None:
        return None
    _check_one_way(section)
    return Call(
        play=section.read("play", lambda at: read_play(at, surroundings), otherwise=None),
        connect=section.read("connect", _read_connect, otherwise=None),
        success_after=section.read("success_after", read_duration, otherwise=timedelta(0)),
        variables=section.read("variables", _read_variables, otherwise=MappingProxyType({})),
    )


def _check_one_way(section: Section) -> None:
    ways = [key for key in ("play", "connect") if section.get(key) is not None]
    if not ways:
        section.place.wrong("needs one of play (an mp3 or wav) and connect (a number)")
    if len(ways) == 2:
        section.place.wrong("has both play and connect; exactly one of them is allowed")


def _read_connect(place: Place) -> str | None:
    return read_digits(place, what="a number to connect with")


def _read_variables(place: Place) -> Mapping[str, str] | None:
    section = open_section(place, tuple(SPOKEN))
    if section is None:
        return None
    texts = {name: section.read(name, _reader_of(name), otherwise=None) for name in SPOKEN}
    return MappingProxyType({name: text for name, text in texts.items() if text is not None})


def _reader_of(name: str) -> Callable[[Place], str | None]:
    return lambda place: _read_variable(place, name)


def _read_variable(place: Place, name: str) -> str | None:
    """A text, or a value that the IVR can say as it stands."""
    text = read_text(place)
    if text is None or parse_text(text).columns:
        return text
    try:
        SPOKEN[name](text)
    except ValueError as error:
        place.wrong(str(error))
        return None
    return text


def read_pace(place: Place, *, agents: Agents | None) -> Pace | None:
    section = open_section(place, PACE_KEYS)
    if section is None:
        return None
    if agents is None:
        demand_agents(section)
    return Pace(
        lines=section.read("lines", lambda at: read_whole(at, least=1, most=_MOST_LINES), otherwise=None),
        per_minute=section.read(
            "per_minute", lambda at: read_whole(at, least=1, most=_MOST_PER_MINUTE), otherwise=None
        ),
        weight=section.read("weight", lambda at: read_whole(at, least=1, most=_MOST_WEIGHT), otherwise=1),
        per_agent=section.read("per_agent", read_per_agent, otherwise=1.0),
        max_abandoned=section.read("max_abandoned", read_max_abandoned, otherwise=None),
    )


def read_retry(place: Place) -> RetryPolicy | None:
    section = open_section(place, RETRY_KEYS)
    if section is None:
        return None
    return RetryPolicy(
        attempts=section.read(
            "attempts", lambda at: read_whole(at, least=1, most=_MOST_ATTEMPTS), otherwise=1
        ),
        delay=section.read("delay", read_duration, otherwise=timedelta(0)),
        by_result=section.read("by_result", _read_by_result, otherwise=MappingProxyType({})),
    )


def _read_by_result(place: Place) -> Mapping[CallResult, timedelta | None] | None:
    section = open_section(place, tuple(CallResult))
    if section is None:
        return None
    return MappingProxyType({CallResult(word): _pause(at) for word, at in section})


def _pause(place: Place) -> timedelta | None:
    """The pause, or None for `never`."""
    if isinstance(place.node, Scalar) and place.node.text.strip() == NEVER:
        return None
    return read_duration(place)


def read_result(place: Place) -> CallResult | None:
    word = read_word(place, tuple(CallResult))
    return None if word is None else CallResult(word)
