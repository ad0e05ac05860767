"""A figure with how it was measured, and the table that all of them make."""

from collections.abc import Iterable, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from rich.console import Console
from rich.table import Table


class Figure(NamedTuple):
    """`target` is what was promised, empty where nothing was."""

    what: str
    value: str
    how: str
    target: str = ""


def show(figures: Iterable[Figure]) -> None:
    """Print the figures, each as soon as it is known, then all of them as one table."""
    console = Console()
    known = []
    for figure in figures:
        known.append(figure)
        console.print(f"{figure.what}: {figure.value}")
    table = Table("figure", "measured", "promised", "how", title="Dzvin, measured on this machine")
    for figure in known:
        table.add_row(figure.what, figure.value, figure.target, figure.how)
    console.print(table)


def middle(values: Sequence[float]) -> float:
    return median(values)


def percentile95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]
