"""The receiver's owner: reads blocks, publishes rows, levels and detections; a thread of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.bus import Bus
from app.clock import Clock
from app.domain.fault import Fault
from app.domain.radio import Detection, FrontEnd, Level, RadioState, SpectrumSetup, SpectrumSnapshot, Targets
from app.domain.sarsat406.message import Decoded
from app.errors import AppError, NotConnected
from app.ports import EndOfRecording, Receiver
from app.ring import SpectrumRing
from app.settings import RadioSettings, ReceiverProfile
from app.tape import SampleTape
from app.worker import Worker
from app.workers.calibrating import calibrated
from app.workers.display import Display
from app.workers.setup import (
    answered,
    apply_front_end,
    demand_switches,
    profile_of,
    stranger,
    unconnected,
    wanted_of,
    with_source,
)
from app.workers.stream import Stream, TimedRow
from app.workers.tuner import Tuner, Tuning
from app.workers.vfo import Ear

READ_S = 0.1  # true time a read may take
STATE_S = 1.0
PLAYED = "The recording has been played to its end."


class ReceiverWorker(Worker):
    """Owns the receiver. ``tune``, ``set_gain`` and ``connect`` are for ``ask`` only."""

    def __init__(
        self,
        settings: RadioSettings,
        open_receiver: Callable[[RadioSettings], Receiver],
        ring: SpectrumRing,
        tape: SampleTape,
        clock: Clock,
        bus: Bus,
    ) -> None:
        super().__init__("receiver", clock, bus.fault)
        self._settings, self._open_receiver, self._tape, self._bus = settings, open_receiver, tape, bus
        self._receiver: Receiver | None = None
        self._tuner: Tuner | None = None
        self._stream: Stream | None = None
        self.display = Display(settings.spectrum, ring)
        self._wanted, self._played = wanted_of(settings), False  # played: a recording, to its end
        self.ear = Ear(clock, bus)
        self._targets = self._followed = Targets((), "")
        self._unsubscribe = bus.targets.subscribe(self._take_targets)
        self._state = unconnected(settings, clock.now_s())

    @property
    def state(self) -> RadioState:
        """What was published last."""
        return self._state

    def stop(self, timeout_s: float = 5.0) -> None:
        super().stop(timeout_s)
        self._unsubscribe()

    def open(self) -> None:
        if self._receiver is not None or not self._state.source:
            return
        try:
            self._begin()
        except AppError as error:
            self._tell_state(connected=False, problem=str(error))
            raise

    def step(self) -> None:
        if self._stream is not None:
            self._listen(self._stream)
        elif self._state.source and not self._played:
            raise NotConnected(self._state.problem)
        else:
            self.rest(0.2)
        if self._clock.now_s() - self._state.time_s >= STATE_S:
            self._tell_state()

    def close(self) -> None:
        receiver = self._receiver
        self._receiver = self._tuner = self._stream = None
        if receiver is not None:
            receiver.close()

    def tune(self, centre_hz: float) -> RadioState:
        """Set the centre by hand. Raises ``NotConnected``, ``OutOfRange`` or ``DeviceError``."""
        return self._retuned(self._opened().tune(centre_hz))

    def set_gain(self, gain_db: float | None) -> RadioState:
        """Set the gain by hand, or leave it to the station with None. Raises as ``tune``."""
        return self._retuned(self._opened().set_gain(gain_db, self._clock.now_s()))

    def set_front_end(self, front_end: FrontEnd) -> RadioState:
        """Set the receiver's switches and the station's corrections.

        Raises ``OutOfRange`` for a switch it does not have, ``NotConnected`` and ``DeviceError``.
        """
        tuner = self._opened()
        demand_switches(self._state, front_end, self._wanted.front_end)
        self._wanted.front_end = front_end
        apply_front_end(front_end, self._receiver, self._stream)
        before, now = tuner.tuning, tuner.recalibrate()
        self._retuned(now if now != before else None)
        self._tell_state()
        return self._state

    def set_spectrum(self, setup: SpectrumSetup) -> RadioState:
        """Compute the spectrum so from now on; rows of another size are gone."""
        self.display.change(setup, self._stream)
        self._tell_state()
        return self._state

    def snapshot(self) -> SpectrumSnapshot:
        """The spectrum as it is now. Raises ``NotConnected`` before the first row."""
        return self.display.snapshot(self._state, self._stream, self._clock.now_s())

    def connect(self, source: str) -> RadioState:
        """Leave this receiver and open another; empty: none. Raises what opening raises, and goes on trying."""
        self._wanted.centre_hz = self._settings.centre_hz
        return self._reconnect(with_source(self._settings, source))

    def use(self, name: str, profile: ReceiverProfile) -> RadioState:
        """Leave this receiver and open that of a profile, set up as it says. Raises as ``connect``."""
        settings = self._settings.with_profile(name, profile)
        self._wanted = wanted_of(settings)
        return self._reconnect(settings)

    def profile(self, antenna: str | None = None) -> ReceiverProfile:
        """The receiver as it is set up now; ``antenna`` instead of the one that is known."""
        return profile_of(self._settings, self._wanted, self._state.device, antenna)

    def name_profile(self, name: str, antenna: str) -> RadioState:
        """The receiver in use was kept under that name."""
        known = {"profile": name, "antenna": antenna}
        self._settings = self._settings.model_copy(update=known | {"device": self._state.device})
        self._tell_state(**known)
        return self._state

    def calibrate(self, level_dbm: float, frequency_hz: float) -> RadioState:
        """Take what is heard at ``frequency_hz`` now for a tone of ``level_dbm`` at the antenna's socket.

        Raises ``NotConnected``, ``OutOfRange`` when there is no clear tone, ``Conflict`` where a level means nothing.
        """
        tuner, before = self._opened(), self._wanted.calibration
        self._wanted.calibration = calibrated(before, self.snapshot(), self._state, level_dbm, frequency_hz)
        return self._retuned(tuner.recalibrate())

    def _reconnect(self, settings: RadioSettings) -> RadioState:
        self.close()
        self.display.restart()
        self._settings, self._played = settings, False
        self._state = unconnected(settings, self._clock.now_s())
        self._tell_state()
        self.open()
        return self._state

    def _take_targets(self, targets: Targets) -> None:
        self._targets = targets  # in the publisher's thread: taken up before the next block

    def _opened(self) -> Tuner:
        if self._tuner is None:
            raise NotConnected(self._state.problem or "The receiver is not connected")
        return self._tuner

    def _begin(self) -> None:
        transform = self.display.transform  # first: it can take a second
        receiver = self._receiver = self._open_receiver(self._settings)
        info = receiver.open()
        self._followed = self._targets
        now_s = self._clock.now_s()
        first = self._followed.selected or next(iter(self._followed.all), None)
        self._tuner = Tuner(receiver, info, self._wanted, first, now_s)
        tuning, rows_per_s = self._tuner.tuning, self._settings.rows_per_s
        self._stream = Stream(info, tuning, transform, rows_per_s, self._clock, self._tape, self.display.setup.window)
        self._stream.follow(self._followed.all)
        apply_front_end(self._wanted.front_end, receiver, self._stream)
        self._tell_state(**answered(info, receiver, self._settings.simulated))
        if other := stranger(self._settings, info.device):
            self._bus.fault.publish(Fault(now_s, "profile", other, ended=True))

    def _listen(self, stream: Stream) -> None:
        if self._targets is not self._followed:
            self._followed = self._targets
            stream.follow(self._followed.all)
            self._retuned(self._opened().place(self._followed.selected))
        try:
            self._read(stream)
        except EndOfRecording:
            self.close()
            self._played = True
            self._tell_state(connected=False, problem=PLAYED)
        except AppError as error:
            self._tell_state(connected=False, problem=str(error))
            raise

    def _read(self, stream: Stream) -> None:
        block = self._receiver.read(READ_S) if self._receiver is not None else None
        if block is None:
            return
        switched = self._opened().follow(block.taken) if block.taken is not None else None
        for fact in stream.feed(block, switched):
            if isinstance(fact, TimedRow):
                self.display.show(fact, self._state.rate_hz)
            else:
                _publish(self._bus, fact)
        if not stream.changing:  # else the gain control would not see what it did
            self._retuned(self._opened().watch(block, self._clock.now_s()))
        said = self._state
        if switched is not None or (stream.overload, stream.arrivals.lost) != (said.overload, said.lost_samples):
            self._tell_state()
        self.ear.hear(block, self._state, stream)

    def _retuned(self, tuning: Tuning | None) -> RadioState:
        if tuning is not None:
            if self._stream is not None:
                self._stream.retuned(tuning)
            self.display.restart()
            self._tell_state()
        return self._state

    def _tell_state(self, **changes: Any) -> None:
        """Publish the state with these changes, and what the tuner and the stream say now."""
        now: dict[str, Any] = {"time_s": self._clock.now_s(), "spectrum": self.display.setup}
        now["front_end"] = self._wanted.front_end
        for part in (self._tuner, self._stream):
            now |= part.said() if part is not None else {}
        self._state = replace(self._state, **(now | changes))
        self._bus.radio.publish(self._state)


def _publish(bus: Bus, fact: Level | Detection | Decoded) -> None:
    if isinstance(fact, Level):
        bus.level.publish(fact)
    elif isinstance(fact, Decoded):
        bus.decoded.publish(fact)
    else:
        bus.detection.publish(fact)
