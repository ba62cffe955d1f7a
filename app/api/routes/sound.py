"""What the receiver hears as sound: one VFO for all who listen, streamed as WAV; the server's thread."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from app.api.access import Actor, StationDep, done
from app.api.encoding import answer
from app.api.schemas.radio import AudioIn, AudioOut
from app.api.sound import SoundFeed, wav_header
from app.domain.audio import AUDIO_HZ
from app.errors import Conflict
from app.services.station import Station

sound = APIRouter(prefix="/radio", tags=["radio"])
PULL_S = 0.1
SILENCE_S = 2.0  # without new sound, after which silence is sent to keep the connection and the player going


@sound.get("/audio", response_model=AudioOut)
async def audio(station: StationDep) -> Response:
    return answer(station.sound.audio())


@sound.put("/audio", response_model=AudioOut)
async def listen(body: AudioIn, station: StationDep, actor: Actor) -> Response:
    """Make sound of a signal in the receiver's passband, for the loudspeaker and all streams."""
    future = station.sound.listen(body.mode, body.frequency_hz, actor, body.bandwidth_hz, body.squelch_db)
    return answer(await done(future))


@sound.delete("/audio", response_model=AudioOut)
async def stop(station: StationDep, actor: Actor) -> Response:
    return answer(await done(station.sound.stop_listening(actor)))


@sound.get(
    "/audio.wav",
    response_class=StreamingResponse,
    responses={200: {"content": {"audio/wav": {}}, "description": "16-bit PCM, one channel, 16 kHz, without an end"}},
)
async def wav(
    station: StationDep,
    seconds: Annotated[float | None, Query(gt=0.0, le=86_400.0, description="Ends after so much sound")] = None,
) -> StreamingResponse:
    """The sound as it comes, as a WAV file that a player or a recorder reads while it grows."""
    if station.sound.audio().listening is None:
        raise Conflict("Nothing is listened to. Choose a mode and a frequency first: PUT /api/v1/radio/audio.")
    return StreamingResponse(_pulled(station, seconds), media_type="audio/wav", headers={"Cache-Control": "no-store"})


async def _pulled(station: Station, seconds: float | None) -> AsyncIterator[bytes]:
    feed = SoundFeed(station.sound.ring)
    left = None if seconds is None else round(seconds * AUDIO_HZ)
    yield wav_header(left)
    quiet_s = 0.0
    while (left is None or left > 0) and station.sound.audio().listening is not None:
        samples = feed.take()
        quiet_s = 0.0 if samples.size else quiet_s + PULL_S
        if quiet_s > SILENCE_S:
            samples = feed.silence(PULL_S)
        if left is not None:
            samples = samples[:left]
            left -= samples.size
        if samples.size:
            yield samples.astype("<i2").tobytes()
        await asyncio.sleep(PULL_S)


ROUTERS = (sound,)
