"""The sound of what the receiver hears: its verbs and its samples, for the window and the API; any thread."""

from concurrent.futures import Future

from app.domain.audio import (
    HIGHEST_SQUELCH_DB,
    HIGHEST_WIDTH_HZ,
    LOWEST_SQUELCH_DB,
    LOWEST_WIDTH_HZ,
    USUAL_HZ,
    AudioMode,
    AudioState,
    Vfo,
)
from app.errors import OutOfRange
from app.services.radio import RadioService
from app.soundring import SoundRing
from app.workers.receiver import ReceiverWorker


class SoundService:
    """One VFO for all who listen; the receiver worker makes the sound, whoever wants it pulls it from ``ring``."""

    def __init__(self, worker: ReceiverWorker) -> None:
        self._worker = worker
        self.ring: SoundRing = worker.ear.ring

    def audio(self) -> AudioState:
        """What is listened to, and why nothing is heard."""
        return self._worker.ear.state

    def listen(
        self,
        mode: AudioMode,
        frequency_hz: float,
        actor: str,
        bandwidth_hz: float | None = None,
        squelch_db: float | None = None,
    ) -> "Future[AudioState]":
        """Make sound of a signal in the passband; one for all who listen. Raises ``OutOfRange`` for what cannot be."""
        del actor
        width_hz = USUAL_HZ[mode] if bandwidth_hz is None else bandwidth_hz
        if not RadioService.LOWEST_HZ <= frequency_hz <= RadioService.HIGHEST_HZ:
            raise OutOfRange(f"{frequency_hz / 1e6:.3f} MHz is outside {RadioService.LOWEST_HZ / 1e6:g} ... 6000 MHz")
        if not LOWEST_WIDTH_HZ <= width_hz <= HIGHEST_WIDTH_HZ:
            raise OutOfRange(
                f"A bandwidth of {width_hz:g} Hz is outside {LOWEST_WIDTH_HZ:g} ... {HIGHEST_WIDTH_HZ:g} Hz"
            )
        if squelch_db is not None and not LOWEST_SQUELCH_DB <= squelch_db <= HIGHEST_SQUELCH_DB:
            raise OutOfRange(
                f"A squelch at {squelch_db:g} dB is outside {LOWEST_SQUELCH_DB:g} ... {HIGHEST_SQUELCH_DB:g} dB"
            )
        wanted = Vfo(mode, frequency_hz, width_hz, squelch_db)
        return self._worker.ask(lambda: self._worker.ear.listen(wanted))

    def stop_listening(self, actor: str) -> "Future[AudioState]":
        """No sound any more."""
        del actor
        return self._worker.ask(lambda: self._worker.ear.listen(None))
