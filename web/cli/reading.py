"""Reads a definition file with what lies beside it."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns.definition import AccountTerms, Definition, survey_definition
from campaigns.problems import Problem, WrongInput
from engine.clock import SystemClock
from engine.settings import Settings
from web.cli.account_terms import terms_here
from web.cli.looking import look_at_list

LARGEST_BYTES = 10_000_000  # with people written down in it; longer lists are files of their own


def definition_in(file: Path, settings: Settings) -> Definition:
    """Raises WrongInput with all problems of the file."""
    definition, problems = survey_in(file, settings)
    if problems:
        raise WrongInput(*problems)
    return definition


async def definition_and_list_in(file: Path, settings: Settings) -> Definition:
    """Raises WrongInput with all problems of the file and of the columns of its list."""
    definition, problems = await survey_with_list_in(file, settings)
    if problems:
        raise WrongInput(*problems)
    return definition


async def survey_with_list_in(file: Path, settings: Settings) -> tuple[Definition, list[Problem]]:
    """As `survey_in`, with what is wrong with the columns of the list, and what its account does not have."""
    definition, problems = survey_in(file, settings, accounts=await terms_here(settings))
    try:
        await look_at_list(definition)
    except WrongInput as error:
        problems = [*problems, *error.problems]
    return definition, problems


def survey_in(
    file: Path, settings: Settings, *, accounts: Mapping[str, AccountTerms] | None = None
) -> tuple[Definition, list[Problem]]:
    """What could be read, and what is wrong with it. Raises WrongInput where there is nothing to read."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise WrongInput(
                Problem("is too large for a definition; put the people into a list file", file=str(file))
            )
        text = file.read_bytes()
    except OSError as error:
        raise WrongInput(Problem(f"cannot be read: {error.strerror or error}", file=str(file))) from error
    zone = ZoneInfo(settings.account_timezone)
    return survey_definition(
        text,
        file=str(file),
        form="json" if file.suffix.lower() == ".json" else "yaml",
        beside=file.absolute().parent,
        account_timezone=settings.account_timezone,
        today=SystemClock().now().astimezone(zone).date(),
        accounts=accounts,
    )
