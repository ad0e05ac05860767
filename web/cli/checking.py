"""`dzvin check`: reads a definition and its whole list, and says what would happen. Nothing is kept."""

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from campaigns.definition import Definition, outline
from campaigns.definition.outline import ListFigures
from campaigns.lists.batches import Batch
from campaigns.lists.mappings import prepare_mappings
from campaigns.lists.preparing import Warned
from campaigns.lists.rejects import RejectedRow
from campaigns.problems import Problem, WrongInput
from campaigns.rules.sms_parts import count_parts
from campaigns.texts import render_text
from engine.commands.reading_lists import read_batches
from engine.settings import Settings
from web.cli.knowing import judged_here
from web.cli.looking import asked_now, reading_of
from web.cli.reading import survey_with_list_in
from web.cli.talking import answer

SAMPLED = 1000  # people whose SMS are measured


@dataclass
class People:
    """What reading the list gave so far."""

    accepted: int = 0
    duplicates: int = 0
    rejected_count: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    warned: list[Warned] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def take(self, batch: Batch) -> None:
        before = len(self._seen)
        self._seen.update(int(person.phone) for person in batch.prepared)
        self.accepted = len(self._seen)
        self.duplicates += len(batch.prepared) - (self.accepted - before)
        self.rejected_count += batch.rejected_count
        self.rejected += batch.rejected
        self.warned += batch.warned
        room = SAMPLED - len(self.sample)
        self.sample += [{"phone": each.phone, **orjson.loads(each.data)} for each in batch.prepared[:room]]


async def check_file(settings: Settings, file: Path) -> None:
    """Raises WrongInput with every problem."""
    definition, problems = await survey_with_list_in(file, settings)
    verdict = await judged_here(settings, definition)
    if problems or verdict.problems:
        raise WrongInput(*problems, *verdict.problems)
    people = await read_people(definition)
    if people is not None and people.rejected and not people.accepted:
        raise WrongInput(Problem("nobody in the list can be called"), *row_problems(people))
    figures = ListFigures(people.accepted, people.duplicates, people.rejected_count) if people else None
    for sentence in [*outline(definition, figures=figures), *verdict.remarks, *verdict.doubts]:
        answer(sentence)
    if people is not None:
        for sentence in [*sms_sentences(definition, people.sample), *row_sentences(people)]:
            answer(sentence)


async def read_people(definition: Definition) -> People | None:
    """What reading all of the list gave; None where the definition names no people."""
    people = People()
    match definition.recipients:
        case None:
            return None
        case Path() as path:
            async with aclosing(read_batches(reading_of(definition, path))) as batches:
                async for batch in batches:
                    people.take(batch)
        case rows:
            people.take(prepare_mappings(rows, asked_now(definition.policy), first=1))
    return people


def sms_sentences(definition: Definition, people: Sequence[dict[str, Any]]) -> Iterator[str]:
    """How many parts each rule's SMS has, measured on the first people of the list."""
    for number, rule in enumerate(definition.policy.rules):
        if rule.sms is None or not people:
            continue
        counted = [count_parts(render_text(rule.sms, person)) for person in people]
        fewest, most = min(sms.parts for sms in counted), max(sms.parts for sms in counted)
        parts = f"{most}" if fewest == most else f"{fewest} to {most}"
        encoding = " or ".join(sorted({sms.encoding for sms in counted}))
        yield f"The SMS of rule {number} has {parts} part{'' if most == 1 else 's'} ({encoding})."


def row_problems(people: People) -> Iterator[Problem]:
    """As an import would tell them, which refuses such a list."""
    return (Problem(sentence) for sentence in row_sentences(people))


def row_sentences(people: People) -> Iterator[str]:
    for row in people.rejected:
        yield f"row {row.row}: {row.phone or '(no number)'}: {row.reason}"
    if people.rejected_count > len(people.rejected):
        yield f"and {people.rejected_count - len(people.rejected)} more rejected rows"
    yield from map(str, people.warned)
