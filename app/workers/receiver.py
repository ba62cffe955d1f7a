"""The receiver's owner: reads blocks, publishes rows, levels and detections; a thread of its own."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from app.bus import Bus
from app.clock import Clock
from app.domain.radio import Detection, FrontEnd, Level, RadioState, SpectrumSetup, SpectrumSnapshot, Target, Targets
from app.domain.sarsat406.message import Decoded
from app.errors import AppError, NotConnected, OutOfRange
from app.ports import EndOfRecording, Receiver, Switchable
from app.ring import SpectrumRing
from app.settings import RadioSettings
from app.tape import SampleTape
from app.worker import Worker
from app.workers.display import Display
from app.workers.stream import Stream, TimedRow
from app.workers.tuner import Tuner, Tuning, Wanted
from app.workers.vfo import Ear

READ_S = 0.1  # true time a read may take
STATE_S = 1.0
NO_SOURCE = "No receiver is set up. Give its address, for example rtl_tcp://host:port or rtlsdr:0."
PLAYED = "The recording has been played to its end."


class ReceiverWorker(Worker):
    """Owns the receiver. ``tune``, ``set_gain`` and ``connect`` are for ``ask`` only."""

    def __init__(
        self,
        settings: RadioSettings,
        open_receiver: Callable[[str], Receiver],
        ring: SpectrumRing,
        tape: SampleTape,
        clock: Clock,
        bus: Bus,
    ) -> None:
        super().__init__("receiver", clock, bus.fault)
        self._settings, self._open_receiver = settings, open_receiver
        self._tape, self._bus = tape, bus
        self._receiver: Receiver | None = None
        self._tuner: Tuner | None = None
        self._stream: Stream | None = None
        self.display = Display(settings.spectrum, ring)
        self._wanted = Wanted(settings.centre_hz, settings.gain_db, settings.front_end)
        self._played = False  # a recording, to its end
        self.ear = Ear(clock, bus)
        self._targets = self._followed = Targets((), "")
        self._unsubscribe = bus.targets.subscribe(self._take_targets)
        self._state = _unconnected(settings, clock.now_s())

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
        self._opened()
        missing = _asked_for(front_end, self._wanted.front_end) - set(self._state.switches)
        if missing:
            raise OutOfRange(f"{self._state.device} has no switch for {', '.join(sorted(missing))}")
        self._wanted.front_end = front_end
        self._apply_front_end()
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
        self.close()
        self._played = False
        self._wanted.centre_hz = self._settings.centre_hz
        self._state = _unconnected(self._settings.model_copy(update={"source": source}), self._clock.now_s())
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
        receiver = self._receiver = self._open_receiver(self._state.source)
        info = receiver.open()
        self._followed = self._targets
        now_s = self._clock.now_s()
        self._tuner = Tuner(receiver, info, self._wanted, self._first_target(), now_s)
        tuning = self._tuner.tuning
        window = self.display.setup.window
        self._stream = Stream(info, tuning, transform, self._settings.rows_per_s, self._clock, self._tape, window)
        self._stream.follow(self._followed.all)
        self._apply_front_end()
        switchable = _switchable(receiver)
        self._tell_state(
            device=info.device,
            connected=True,
            simulated=info.simulated or self._settings.simulated,
            rate_hz=info.rate_hz,
            gains_db=info.gains_db,
            switches=switchable.switches if switchable is not None else (),
            problem="",
        )

    def _apply_front_end(self) -> None:
        front_end, receiver = self._wanted.front_end, _switchable(self._receiver)
        if receiver is not None:
            receiver.set_front_end(front_end)
        if self._stream is not None:
            self._stream.correct(front_end.correct_dc, front_end.correct_iq)

    def _first_target(self) -> Target | None:
        return self._followed.selected or next(iter(self._followed.all), None)

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
            self._publish(fact)
        if not stream.changing:  # else the gain control would not see what it did
            self._retuned(self._opened().watch(block, self._clock.now_s()))
        said = self._state
        if switched is not None or (stream.overload, stream.lost) != (said.overload, said.lost_samples):
            self._tell_state()
        self.ear.hear(block, self._state, stream)

    def _publish(self, fact: TimedRow | Level | Detection | Decoded) -> None:
        if isinstance(fact, TimedRow):
            self.display.show(fact, self._state.rate_hz)
        elif isinstance(fact, Level):
            self._bus.level.publish(fact)
        elif isinstance(fact, Decoded):
            self._bus.decoded.publish(fact)
        else:
            self._bus.detection.publish(fact)

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
        if self._tuner is not None:
            tuning = self._tuner.tuning
            now |= {"centre_hz": tuning.centre_hz, "gain_db": tuning.gain_db, "auto_gain": self._tuner.auto_gain}
        if self._stream is not None:
            stream = self._stream
            now |= {"samples": stream.samples, "lost_samples": stream.lost, "overload": stream.overload}
        self._state = replace(self._state, **(now | changes))
        self._bus.radio.publish(self._state)


def _unconnected(settings: RadioSettings, now_s: float) -> RadioState:
    return RadioState(
        time_s=now_s,
        source=settings.source,
        device="",
        connected=False,
        simulated=settings.simulated,
        centre_hz=settings.centre_hz,
        rate_hz=settings.rate_hz,
        gain_db=settings.gain_db or 0.0,
        auto_gain=settings.gain_db is None,
        gains_db=(),
        samples=0,
        lost_samples=0,
        overload=False,
        problem="" if settings.source else NO_SOURCE,
    )


def _asked_for(front_end: FrontEnd, before: FrontEnd) -> set[str]:
    """Switches of the receiver's own that are set to something new."""
    now, old = asdict(front_end), asdict(before)
    return {name for name in now if now[name] != old[name] and not name.startswith("correct_")}


def _switchable(receiver: object) -> Switchable | None:
    return receiver if isinstance(receiver, Switchable) else None
