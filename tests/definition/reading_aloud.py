"""Builders and short ways for the tests of definitions."""

import struct
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from campaigns.definition import Definition, read_definition
from campaigns.problems import Problem, WrongInput

TODAY = date(2026, 11, 23)
KYIV = "Europe/Kyiv"
MINIMAL = 'name: Reminder\nfrom: "101"\ncall: {connect: "5001"}\n'


def read(
    text: str | bytes,
    *,
    form: Literal["yaml", "json"] = "yaml",
    beside: Path | None = None,
    file: str | None = "campaign.yaml",
) -> Definition:
    return read_definition(text, file=file, form=form, beside=beside, account_timezone=KYIV, today=TODAY)


def minimal(more: str = "") -> Definition:
    """The smallest definition with some lines after it."""
    return read(MINIMAL + more)


def problems_of(
    text: str | bytes, *, form: Literal["yaml", "json"] = "yaml", beside: Path | None = None
) -> list[Problem]:
    with pytest.raises(WrongInput) as caught:
        read(text, form=form, beside=beside)
    return list(caught.value.problems)


def problem_of(more: str, *, beside: Path | None = None) -> Problem:
    """The only problem of the smallest definition with some lines after it."""
    (problem,) = problems_of(MINIMAL + more, beside=beside)
    return problem


def a_wav(seconds: float = 1.0) -> bytes:
    samples = b"\0" * int(8000 * seconds)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + head + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def an_mp3(frames: int = 50) -> bytes:
    """Silence: MPEG 1 layer III, 128 kbit/s, 44.1 kHz, so 417 bytes a frame."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames
