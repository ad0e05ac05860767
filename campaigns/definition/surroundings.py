"""Where a definition comes from decides what it may name: files beside it, or addresses only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path

from campaigns.definition.reading import Place, shown
from campaigns.definition.terms import AccountTerms


class Origin(Enum):
    FILE = "file"  # a file with other files beside it
    API = "api"  # inline recipients and addresses only
    STORED = "stored"  # read and found good before; only its meaning is wanted


@dataclass(frozen=True)
class Surroundings:
    origin: Origin
    beside: Path | None  # the folder of the definition
    account_timezone: str  # of an account that is not among `accounts`
    accounts: Mapping[str, AccountTerms] = field(default_factory=dict)
    today: date | None = None  # None of what is stored: it was compared with its profile when it was read

    def zone_of(self, account: str) -> str:
        """The zone in which a definition for that account means its hours and moments."""
        terms = self.accounts.get(account)
        return self.account_timezone if terms is None else terms.timezone


def find_beside(place: Place, name: str, *, beside: Path) -> Path | None:
    """The file of that name in the definition's folder or below it; a problem when it is not there."""
    try:
        folder = beside.resolve()
        found = (folder / name).resolve()
        inside, exists = found.is_relative_to(folder), found.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a circle of links
        place.wrong(f"{shown(name)} is not a file name")
        return None
    if not inside:
        place.wrong(f"{shown(name)} is not beside the definition; put the file into {folder}")
        return None
    if not exists:
        place.wrong(f"there is no file {shown(name)} beside the definition, in {folder}")
        return None
    return found
