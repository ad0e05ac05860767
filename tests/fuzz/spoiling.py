"""Bytes spoiled in the ways that break readers: from a corpus of ours, the same for the same seed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

CORPUS = Path(__file__).parent / "corpus"
SCRAPS = (
    *(
        b"\x00",
        b"%00",
        b"\xff",
        b"%FF",
        b"\xed\xa0\x80",
        b"%ED%A0%80",
        b"\\ud800",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    ),
    *(
        b"&",
        b"=",
        b"%",
        b"%2",
        b"+",
        b"&&&&",
        b"&cmd=event",
        b"&cmd=contact",
        b"token=x",
        b"keys=",
        b"[",
        b"{",
    ),
    *(
        b"]",
        b"}",
        b'"',
        b"'",
        b"\\",
        b"\r\n",
        b"\n",
        b"\t",
        b";",
        b",",
        b"|",
        b": ",
        b"- ",
        b"*n",
        b"&n ",
        b"<<: ",
    ),
    *(b"[" * 3000, b"{" * 2000, b'{"a":' * 1500, b"[{" * 900, b"a" * 40_000, b"9" * 5000, b"&f=1" * 100),
    *(
        b"1e999",
        b"-0",
        b"NaN",
        b"null",
        b"true",
        b"0x10",
        b"!!python/object:os.system ",
        b"!!binary ",
        b"=1+1",
    ),
    *(
        b"@SUM(A1)",
        b"{{ 7*7 }}",
        b"{{ ''.__class__ }}",
        b"{% for %}",
        b"{{",
        b"}}",
        b"<script>",
        b"&lt;",
        b"<td>",
    ),
    *("Ольга".encode(), "Ольга".encode("cp1251"), "😀".encode(), "‮".encode(), "ﬀ".encode(), b"\x1a", b"\x0b"),
    *(
        b"0000-00-00 00:00:00",
        b"9999-12-31 23:59:59",
        b"99999999999999999999999999",
        b"+380671234567",
        b"../",
    ),
)
LONGEST = 200_000  # bytes of a spoiled text


def corpus(room: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / room).iterdir())]


def spoiled(texts: Sequence[bytes], *, seed: int) -> Iterator[bytes]:
    """Without end; the first are the texts themselves."""
    yield from texts
    chance = Random(seed)
    while True:
        text = bytearray(chance.choice(texts))
        for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 20))):
            _spoil(text, chance, texts)
        yield bytes(text[:LONGEST])


def _spoil(text: bytearray, chance: Random, texts: Sequence[bytes]) -> None:
    at = chance.randrange(len(text) + 1)
    match chance.randrange(8):
        case 0:
            text[at:at] = chance.choice(SCRAPS)
        case 1:
            text[at : at + chance.randrange(1, 6)] = chance.choice(SCRAPS)
        case 2:
            text[at : at + 1] = bytes([chance.randrange(256)])
        case 3:
            del text[at:]
        case 4:
            del text[at : at + chance.randrange(1, 20)]
        case 5:
            text[at:at] = text[at : at + 50] * chance.randrange(1, 20)
        case 6:
            other = chance.choice(texts)
            text[at:] = other[chance.randrange(len(other) + 1) :]
        case 7:
            text[at:at] = chance.randbytes(chance.randrange(1, 30))
