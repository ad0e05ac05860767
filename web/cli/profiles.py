"""`dzvin profiles`: the compliance profiles that a campaign may name, and what each asks for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from web.cli.definitions import PANEL
from web.cli.talking import answer, answer_table

if TYPE_CHECKING:
    from campaigns.rules.profiles import Profile, Terms


def add_to(parent: typer.Typer) -> None:
    parent.command("profiles", rich_help_panel=PANEL)(show)


def show(
    name: str | None = typer.Argument(None, help="Only this one, with all it says.", metavar="[NAME]"),
) -> None:
    """The compliance profiles: which law each follows, since when, and what it allows."""
    from campaigns.profiles import NOT_LEGAL_ADVICE, profile_named, profile_names

    if name is None:
        profiles = [profile_named(each) for each in profile_names()]
        rows = [(each.name, each.title, each.versions[-1].since, each.reviewed) for each in profiles]
        answer_table(("profile", "for", "in force since", "reviewed"), rows)
        return
    if name not in profile_names():
        raise _unknown(name, profile_names())
    for line in (*_lines(profile_named(name)), NOT_LEGAL_ADVICE):
        answer(line)


def _unknown(name: str, known: tuple[str, ...]) -> Exception:
    from campaigns.problems import Problem, WrongInput

    return WrongInput(Problem(f"there is no profile {name!r}; there are {', '.join(known)}"))


def _lines(profile: "Profile") -> Iterator[str]:
    yield f"{profile.name}: {profile.title}"
    yield f"compared with the law on {profile.reviewed}"
    for terms in reversed(profile.versions):
        yield ""
        yield from _version(terms)
    yield ""


def _version(terms: "Terms") -> Iterator[str]:
    from campaigns.profiles.telling import limits_of

    yield f"In force since {terms.since}:"
    yield from (f"  {law}" for law in terms.laws)
    yield "It allows:"
    yield from (f"  {what} ({why})" for what, why in limits_of(terms))
    yield "Beyond that:"
    yield from (f"  {warning}" for warning in terms.warnings)
