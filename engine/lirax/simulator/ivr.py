"""IVR scripts: which menus stand behind a number, and what they are called (C50)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MENU = "Menu"
ROOT = "0"
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True)
class Ivr:
    """The menus of one number. A menu without a name of its own is called as the one above it.

    Ivr("Payment reminder", menus={"0": "Main", "02": "Call back"})
    """

    name: str = MENU
    menus: Mapping[str, str] = field(default_factory=dict)  # path of the menu item → name
    keys: str = ""  # pressed by whoever is joined with it and presses none of his own

    def name_at(self, entry: str) -> str:
        above = (entry[:length] for length in range(len(entry), 0, -1))
        return next((self.menus[path] for path in above if path in self.menus), self.name)

    def presses(self, keys: str) -> list[dict[str, str]]:
        """`97` becomes key 9 in entry 0 and key 7 in entry 09."""
        entries = [ROOT + keys[:place] for place in range(len(keys))]
        return [
            {"ivr_name": self.name_at(entry), "ivr_entry": entry, "key": key}
            for entry, key in zip(entries, keys, strict=True)
        ]


PLAIN = Ivr()


class Ivrs:
    def __init__(self) -> None:
        self._by_number: dict[str, Ivr] = {}

    def set(self, number: str, ivr: Ivr) -> None:
        self._by_number[number] = ivr

    def at(self, number: str) -> Ivr:
        """The menus of this number; the plain one where nobody set any, or where audio is played."""
        return self._by_number.get(number, PLAIN)


def read_ivr(values: object) -> Ivr:
    """{"name": "Reminder", "menus": {"0": "Main"}, "keys": "1"}. Raises ValueError with a sentence."""
    if not isinstance(values, Mapping):
        raise ValueError(f"an IVR is a name, menus and keys, not {values!r}")
    for name in values:
        if name not in ("name", "menus", "keys"):
            raise ValueError(f"an IVR has no {name!r}; known are keys, menus, name")
    return Ivr(_read_text("name", values.get("name", MENU)), _read_menus(values), _read_keys(values))


def _read_menus(values: Mapping[Any, Any]) -> dict[str, str]:
    menus = values.get("menus", {})
    if not isinstance(menus, Mapping):
        raise ValueError(f"menus of an IVR are paths with their names, not {menus!r}")
    return {_read_path(path): _read_text("name of a menu", name) for path, name in menus.items()}


def _read_path(path: object) -> str:
    if isinstance(path, str) and path.startswith(ROOT) and set(path) <= KEYS:
        return path
    raise ValueError(f"the path of a menu begins with 0 and goes on with keys, in quotes, not {path!r}")


def _read_keys(values: Mapping[Any, Any]) -> str:
    keys = values.get("keys", "")
    if isinstance(keys, str) and set(keys) <= KEYS:
        return keys
    raise ValueError(f"keys of an IVR are a text of 0-9, * and #, not {keys!r}")


def _read_text(what: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise ValueError(f"the {what} of an IVR is a text, not {value!r}")
