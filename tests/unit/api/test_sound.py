"""Sound for clients: what is listened to, WAV that grows, binary frames on the WebSocket."""

import io
import json
import threading
import wave
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from app.api.schemas.radio import AudioOut
from app.api.server import ApiServer
from app.api.sound import HEADER, SoundFeed, wav_header
from app.domain.audio import AUDIO_HZ, AudioMode, AudioState, Vfo
from app.services.station import Station
from app.soundring import SoundRing

WANTED = {"mode": "am", "frequency_hz": 121.5e6}


@pytest.fixture
def sounding(station: Station, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something is listened to, and comes: a block each 20 ms, as from the receiver's thread."""
    heard = AudioState(1.0, Vfo(AudioMode.AM, 121.5e6, 8_000.0))
    monkeypatch.setattr(station.sound, "audio", lambda: heard)
    ended = threading.Event()

    def play() -> None:
        while not ended.wait(0.02):
            station.sound.ring.write(np.full(800, 0.5, np.float32))

    thread = threading.Thread(target=play)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_a_frame_says_how_much_and_what_was_missed() -> None:
    ring = SoundRing()
    feed = SoundFeed(ring)
    assert list(feed.frames()) == []
    ring.write(np.full(5, 0.5, np.float32))
    (frame,) = feed.frames()
    assert HEADER.unpack_from(frame) == (2, 1, AUDIO_HZ, 5, 1, 0)
    assert np.frombuffer(frame, "<i2", 5, HEADER.size).tolist() == [16383] * 5
    ring.write(np.zeros(100_000, np.float32))
    (frame,) = feed.frames()
    assert HEADER.unpack_from(frame)[5] == 100_000 - 64_000


def test_the_header_is_that_of_a_wav_file() -> None:
    with wave.open(io.BytesIO(wav_header(8) + bytes(16))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (AUDIO_HZ, 1, 2, 8)
    assert wav_header(None).endswith(b"\xff\xff\xff\xff")


def test_what_is_listened_to_is_told_and_absurd_wishes_are_refused(client: httpx.Client) -> None:
    assert AudioOut.model_validate_json(client.get("/radio/audio").content).listening is None
    for wrong in ({"mode": "fm"}, {"frequency_hz": -1.0}, {"bandwidth_hz": 1e9}, {"squelch_db": 1e3}, {"more": 1}):
        assert client.put("/radio/audio", json=WANTED | wrong).status_code == 422
    assert client.put("/radio/audio", json=WANTED | {"frequency_hz": 1_000.0}).status_code == 422
    assert client.put("/radio/audio", json=WANTED).status_code == 503  # no receiver in this test
    assert client.get("/radio/audio.wav").status_code == 409


@pytest.mark.usefixtures("sounding")
def test_the_sound_comes_as_a_wav_file(client: httpx.Client) -> None:
    answer = client.get("/radio/audio.wav", params={"seconds": 0.3})
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert samples.size == round(0.3 * AUDIO_HZ)
    assert set(samples.tolist()) == {16383}


@pytest.mark.usefixtures("sounding")
def test_the_sound_comes_over_the_websocket(server: ApiServer) -> None:
    url = server.url.replace("http", "ws") + "api/v1/ws"
    with connect(url, additional_headers={"Authorization": f"Bearer {server.token}"}, proxy=None) as socket:
        socket.send(json.dumps({"subscribe": ["sound", "audio"], "rate_hz": 20}))
        frames: list[tuple[int, ...]] = []
        while len(frames) < 3:
            message = socket.recv(timeout=10)
            if isinstance(message, bytes):
                frames.append(HEADER.unpack_from(message))
    assert [frame[4] for frame in frames] == [1, 2, 3]
    assert all(frame[3] > 0 and frame[5] == 0 for frame in frames)
