"""The cookies of one login: every one is kept and goes to the origin it came from, whatever path it names."""

import re
from collections.abc import Iterable

_GONE = re.compile(r";\s*max-age\s*=\s*(?:0|-\d+)\s*(?:;|$)", re.IGNORECASE)


class Cookies:
    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._kept)

    def take(self, lines: Iterable[str]) -> None:
        """Lines of Set-Cookie."""
        for line in lines:
            name, mark, value = line.partition(";")[0].partition("=")
            name = name.strip()
            if not mark or not name:
                continue
            if not value.strip() or _GONE.search(line):
                self._kept.pop(name, None)
            else:
                self._kept[name] = value.strip()

    def forget(self) -> None:
        self._kept.clear()

    def as_header(self) -> dict[bytes, bytes]:
        line = "; ".join(f"{name}={value}" for name, value in self._kept.items())
        return {b"Cookie": line.encode("utf-8", "replace")} if line else {}
