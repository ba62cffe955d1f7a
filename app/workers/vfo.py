"""The receiver's sound: one demodulator that follows every retuning; the receiver worker's thread."""

from app.bus import Bus
from app.clock import Clock
from app.domain.audio import AudioState, Vfo
from app.domain.radio import BeaconKind, RadioState, Target
from app.dsp.demod import Demodulator
from app.dsp.passband import in_passband
from app.ports import Block
from app.soundring import SoundRing
from app.workers.stream import Stream

OUTSIDE = "What is listened to is outside the receiver's passband: tune nearer."


class Ear:
    """Fills the ring with what is wanted to be heard, and says why there is nothing. ``listen`` is for ``ask`` only."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self.ring = SoundRing()
        self.state = AudioState(clock.now_s(), None)
        self._clock, self._topic = clock, bus.audio
        self._demodulator: Demodulator | None = None
        self._tuning = (0.0, 0.0)  # centre and rate of the demodulator, Hz
        self._next_sample = 0

    def listen(self, wanted: Vfo | None) -> AudioState:
        """Make sound of this from now on, or of nothing."""
        self._demodulator, self._tuning = None, (0.0, 0.0)
        return self._tell(wanted, "")

    def hear(self, block: Block, radio: RadioState, stream: Stream) -> None:
        """Take the receiver's next block, tuned as ``radio`` says."""
        wanted = self.state.listening
        if wanted is None:
            return
        place = Target("", "sound", BeaconKind.CARRIER, wanted.frequency_hz, wanted.bandwidth_hz)
        problem = "" if in_passband(place, radio.centre_hz, radio.rate_hz) else OUTSIDE
        if self._tuning != (radio.centre_hz, radio.rate_hz) or block.first_sample != self._next_sample:
            offset_hz = wanted.frequency_hz - radio.centre_hz
            self._demodulator = None if problem else Demodulator(radio.rate_hz, offset_hz, wanted)
            self._tuning = (radio.centre_hz, radio.rate_hz)
        self._next_sample = block.first_sample + block.iq.size
        if self._demodulator is not None:
            self.ring.write(self._demodulator.feed(block.iq, stream.noise_per_hz(place)))
        if problem != self.state.problem:
            self._tell(wanted, problem)

    def _tell(self, wanted: Vfo | None, problem: str) -> AudioState:
        self.state = AudioState(self._clock.now_s(), wanted, problem)
        self._topic.publish(self.state)
        return self.state
