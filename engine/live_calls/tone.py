"""What is heard in a live call when nobody says what to play: ten short tones of our own."""

import math
import struct
import wave
from pathlib import Path

NAME = "tone.wav"
RATE = 8000  # samples a second, as telephones have
BEEPS = 10  # a second each, half of it silent
HERTZ = 440
LOUDNESS = 8000  # of 32767


def write_tone(folder: Path) -> str:
    """The name of the file in that folder."""
    sounding = [round(LOUDNESS * math.sin(2 * math.pi * HERTZ * at / RATE)) for at in range(RATE // 2)]
    beep = struct.pack(f"<{RATE}h", *sounding, *[0] * (RATE - len(sounding)))
    with wave.open(str(folder / NAME), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(beep * BEEPS)
    return NAME
