"""What a campaign wants of every row of its list, as plain values that can be handed to another process."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.lists.headings import Heading
from campaigns.problems import Problem, WrongInput
from campaigns.texts import column_name


@dataclass(frozen=True)
class Demand:
    """`needed` has the column names of texts → the field whose text cannot do without a value there."""

    country: str
    variables: Mapping[str, str]  # money, date, time → text with {{ column }}
    needed: Mapping[str, str]
    own_zones: bool  # the recipient's own time zone counts


def check_columns(heading: Heading, demand: Demand, *, name: str) -> None:
    """Raises WrongInput naming every column that texts need and the list `name` lacks."""
    there = {column_name(column) for column in heading.columns} | {"phone"}
    if heading.external_id is not None:
        there.add("external_id")
    shown = ", ".join(heading.columns)
    problems = [
        Problem(f"the list has no column “{column}”, which {field} uses; it has: {shown}", file=name)
        for column, field in demand.needed.items()
        if column not in there
    ]
    if problems:
        raise WrongInput(*problems)
