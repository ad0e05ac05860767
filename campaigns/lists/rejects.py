"""The rows of a list that cannot be called: kept for the answer, and written to a file that Excel opens."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from campaigns.lists.writing import csv_bytes
from campaigns.problems import Problem, WrongInput

KEPT = 1_000  # rows that an answer carries; the file has them all
_LONGEST_CELL = 32_767  # characters; no spreadsheet takes more


@dataclass(frozen=True)
class RejectedRow:
    """`row` as a spreadsheet counts; `phone` and `cells` as they were written."""

    row: int
    phone: str
    reason: str
    cells: tuple[str, ...]


class Rejects(Protocol):
    def add(self, rejected: RejectedRow) -> None: ...


class NoFile:
    """Nobody asked for a file."""

    def add(self, rejected: RejectedRow) -> None:
        pass


class RejectsFile:
    """A CSV with row, reason and the original columns; there also when nothing was rejected."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        try:
            self._file: BinaryIO = path.open("wb")
        except OSError as error:
            why = error.strerror or str(error)
            raise WrongInput(
                Problem(f"the rejected rows cannot be written: {why}", file=str(path))
            ) from error
        self._file.write(codecs.BOM_UTF8 + csv_bytes([["row", "reason", *columns]]))  # Excel needs the BOM

    def add(self, rejected: RejectedRow) -> None:
        self._file.write(csv_bytes([[rejected.row, rejected.reason, *rejected.cells]]))

    def close(self) -> None:
        self._file.close()


def readable(cell: str) -> str:
    """A cell that can be shown and stored: no NUL, no lone surrogate, no more than a spreadsheet takes."""
    return cell[:_LONGEST_CELL].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
