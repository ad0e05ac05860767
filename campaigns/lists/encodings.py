"""In which encoding a text file is written: BOM, then UTF-8 over the whole file, then a guess from a sample.

Undecodable bytes of a file that is otherwise UTF-8 come through as lone surrogates, so that only the rows
that hold them are refused.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

BLOCK = 1 << 20  # bytes read at once
SAMPLE = 1 << 16  # bytes of lines outside ASCII; a detector learns nothing from more

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ["cp1251", "cp1125", "cp866", "koi8_u", "koi8_r", "mac_cyrillic", "cp1250", "cp1252", "cp1254"]
_MOSTLY = 0.7
_SOME = 0.3  # lines of another encoding are good UTF-8 by chance far more seldom
_SURELY = 0.85
_SIGNS = frozenset("№«»–—’“”„…°₴\u00a0")  # in lists of any alphabet
_LETTERS = frozenset("абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя")


@dataclass
class _Sample:
    """Lines that are not plain ASCII, up to SAMPLE bytes, and how many of them are good UTF-8."""

    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    in_utf8: int = 0
    broken: bool = False  # somewhere in the file is a line that is not UTF-8

    def add(self, line: bytes) -> None:
        good = _is_utf8(line)
        self.broken = self.broken or not good
        if self.size < SAMPLE:
            self.lines.append(line[:SAMPLE])
            self.size += len(line)
            self.in_utf8 += good


def encoding_of(path: Path) -> str:
    """A codec name for `open`; UTF-8 comes as `utf-8-sig`, which takes a BOM off and does not need one."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return "utf-16" if name.startswith("utf-16") else name
    wide = _without_bom(head)
    return wide or _narrow(path)


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text, its line ends as they are; what cannot be decoded comes as lone surrogates."""
    errors = HALVES if encoding.startswith("utf-16") else "surrogateescape"
    return path.open(encoding=encoding, errors=errors, newline="")


def _halves(error: UnicodeError) -> tuple[str | bytes, int]:
    """Half a character comes through as it is; so does a byte alone, at the end of a cut file."""
    try:
        return codecs.lookup_error("surrogatepass")(error)
    except UnicodeDecodeError as broken:
        return "\udcff", broken.end


HALVES = "dzvin-halves"
codecs.register_error(HALVES, _halves)


def _without_bom(head: bytes) -> str | None:
    """UTF-16 tells itself by one constant byte in two: 0 for ASCII, 4 for Cyrillic."""
    if len(head) < 4 or b"\0" not in head:
        return None
    high = b"\x00\x04"
    even, odd = head[0::2], head[1::2]
    evens = sum(even.count(byte) for byte in high) / len(even)
    odds = sum(odd.count(byte) for byte in high) / max(len(odd), 1)
    if odds > _MOSTLY > evens:
        return "utf-16-le"
    return "utf-16-be" if evens > _MOSTLY > odds else None


def _narrow(path: Path) -> str:
    sample = _sample(path)
    if not sample.broken or sample.in_utf8 > len(sample.lines) * _SOME:
        return "utf-8-sig"
    return _legacy(b"".join(sample.lines))


def _sample(path: Path) -> _Sample:
    """Reads the file in blocks cut at line ends; only a block that is not UTF-8 is looked at line by line."""
    sample, rest = _Sample(), b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            block = rest + block
            cut = block.rfind(b"\n") + 1 or len(block)
            rest = block[cut:]
            _learn(sample, block[:cut])
            if sample.broken and sample.size >= SAMPLE:
                return sample
    _learn(sample, rest)
    return sample


def _learn(sample: _Sample, block: bytes) -> None:
    if block.isascii() or (sample.size >= SAMPLE and _is_utf8(block)):
        return
    for line in block.splitlines(keepends=True):
        if not line.isascii():
            sample.add(line)


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _legacy(sample: bytes) -> str:
    """The old one-byte encoding in which the sample reads best."""
    guessed = [match.encoding for match in from_bytes(sample, cp_isolation=_LEGACY)]
    best = max(_LEGACY, key=lambda name: _likeness(sample, name))
    if _likeness(sample, best) > _SURELY or not guessed:
        return best
    return guessed[0]


def _likeness(sample: bytes, encoding: str) -> float:
    """What share of the letters beyond ASCII is Cyrillic as words have it: a capital only at the start."""
    text = sample.decode(encoding, errors="replace")
    beyond = good = 0
    for before, letter in zip(" " + text, text, strict=False):
        if letter.isascii() or letter in _SIGNS:
            continue
        beyond += 1
        in_word = not (before.isascii() and before.isalpha()) and (letter.islower() or not before.islower())
        good += letter.lower() in _LETTERS and in_word
    return good / beyond if beyond else 0.0
