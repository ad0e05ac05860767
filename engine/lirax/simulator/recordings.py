"""Recordings of calls that are over: two tones in turn, as long as the conversation, made when asked for."""

import io
import math
import wave
from zlib import crc32

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.lirax.simulator.exchange import Exchange

RATE = 8000  # samples a second, as a telephone has
LONGEST_SECONDS = 120
LOUDNESS = 40  # of 127
LOWEST_TONE, TONES, STEP = 220, 12, 35  # hertz: each call has its own


def recording_route(exchange: Exchange) -> Route:
    def play(request: Request) -> Response:
        callid = request.path_params["callid"]
        link = f"/recordings/{callid}.wav"
        calls = (call for call in reversed(exchange.truth.calls) if (call.recording or "").endswith(link))
        call = next(calls, None)
        if call is None:
            return Response(status_code=404)
        return Response(sound(call.callid, seconds=call.seconds), media_type="audio/wav")

    return Route("/recordings/{callid}.wav", play, methods=["GET"])


def sound(callid: str, *, seconds: float) -> bytes:
    """A WAV file of mono 8 kHz; the same call always sounds the same."""
    length = max(1, min(math.ceil(seconds), LONGEST_SECONDS))
    low = LOWEST_TONE + STEP * (crc32(callid.encode()) % TONES)
    turns = (_second(low), _second(low * 3 // 2))
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(b"".join(turns[place % 2] for place in range(length)))
    return written.getvalue()


def _second(hertz: int) -> bytes:
    """One second of a tone that fades, so that the turns are heard."""
    return bytes(
        128 + round(LOUDNESS * (1 - place / RATE) * math.sin(2 * math.pi * hertz * place / RATE))
        for place in range(RATE)
    )
