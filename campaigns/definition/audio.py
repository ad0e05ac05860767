"""What `call.play` may name: the address of an mp3 or wav file, or such a file beside the definition."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from tinytag import TinyTag, TinyTagException

from campaigns.definition.fields import read_line
from campaigns.definition.reading import Place, shown
from campaigns.definition.surroundings import Origin, Surroundings, find_beside

ENDINGS = (".mp3", ".wav")
LARGEST_AUDIO = 20_000_000  # bytes; an hour of telephone speech has fewer
_LONGEST_ADDRESS = 2_000
_MP3_SYNC = 0xFFE0  # the first eleven bits of an MPEG frame


def read_play(place: Place, surroundings: Surroundings) -> str | None:
    """The address, or the name of a file that is beside the definition and is sound."""
    text = read_line(place, longest=_LONGEST_ADDRESS)
    if text is None or surroundings.origin is Origin.STORED:
        return text
    if "://" in text:
        problem = _address_problem(text)
        if problem is not None:
            place.wrong(problem)
        return text
    if surroundings.beside is None:
        place.wrong(
            f"{shown(text)} is a file name; over the API only an address https://….mp3 or .wav is allowed"
        )
        return None
    return text if audio_file(place, text, beside=surroundings.beside) is not None else None


def _address_problem(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{shown(address)} is not an address"
    if parts.scheme not in ("http", "https") or not host or any(sign.isspace() for sign in address):
        return f"{shown(address)} is not an address; write one like https://files.example.com/reminder.mp3"
    if parts.scheme == "http" and not _is_loopback(host):
        return f"{shown(address)} must begin with https; plain http is for this machine only"
    if not address.lower().endswith(ENDINGS):
        return f"{shown(address)} must end in .mp3 or .wav; by that LiraX knows it as sound"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def audio_file(place: Place, name: str, *, beside: Path) -> Path | None:
    """The sound file of that name; a problem when it is not there, or no mp3 or wav inside."""
    if not name.lower().endswith(ENDINGS):
        place.wrong(f"{shown(name)} must be an mp3 or wav file, or an address https://…")
        return None
    found = find_beside(place, name, beside=beside)
    if found is None:
        return None
    problem = sound_problem(found)
    if problem is not None:
        place.wrong(f"{shown(name)} {problem}")
        return None
    return found


def sound_problem(file: Path) -> str | None:
    """What is wrong with a file that should be mp3 or wav, after its name; None when it plays."""
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(12)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if size > LARGEST_AUDIO:
        return f"has {size / 1_000_000:.0f} MB, at most {LARGEST_AUDIO // 1_000_000} MB are allowed"
    if not (_is_wav(head) if file.suffix.lower() == ".wav" else _is_mp3(head)):
        return f"is not {file.suffix[1:].lower()} inside, whatever its name says"
    return None if _plays(file) else "holds no sound that can be played"


def _is_wav(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def _is_mp3(head: bytes) -> bool:
    return head[:3] == b"ID3" or int.from_bytes(head[:2]) & _MP3_SYNC == _MP3_SYNC


def _plays(file: Path) -> bool:
    try:
        duration = TinyTag.get(file).duration
    except (TinyTagException, OSError, ValueError, ArithmeticError, LookupError):
        return False
    return duration is not None and duration > 0
