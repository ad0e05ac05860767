"""What is wrong with something a person gave us: what, where, and what to do, in one sentence each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`field` is dotted (`retry.by_result.busy`); `line` counts from 1; both may be unknown."""

    message: str
    field: str | None = None
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        if self.file is None and self.line is not None:
            place = f"line {self.line}"
        where = ": ".join(part for part in (place, self.field) if part)
        return f"{where}: {self.message}" if where else self.message


class WrongInput(Exception):
    """What was given cannot be used; `problems` names everything that is wrong, all at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
