"""The spectrum for people: averaged, held, written to the ring, changed at run time; receiver worker's thread."""

from app.domain.radio import RadioState, SpectrumSetup, SpectrumSnapshot
from app.dsp.fourier import Transform
from app.dsp.power import all_to_db
from app.dsp.trace import Trace
from app.errors import NotConnected
from app.ring import SpectrumRing
from app.workers.stream import Stream, TimedRow


class Display:
    """How the spectrum is computed and what of it is shown, whatever receiver it comes from."""

    def __init__(self, setup: SpectrumSetup, ring: SpectrumRing) -> None:
        self.setup = setup
        self._ring = ring
        self._trace = Trace(setup.averaging)
        self._transform: Transform | None = None

    @property
    def transform(self) -> Transform:
        """For spectra of this size; planned the first time, which can take a second."""
        if self._transform is None:
            self._transform = Transform(self.setup.bins)
        return self._transform

    def change(self, setup: SpectrumSetup, stream: Stream | None) -> None:
        """Compute it so from now on; rows of another size are gone."""
        if setup.bins != self.setup.bins:
            self._transform = None
        self.setup = setup
        self._ring.resize(setup.bins)
        self.restart()
        if stream is not None:
            stream.reshape(self.transform, setup.window)

    def restart(self) -> None:
        """Another tuning: rows before mean something else."""
        self._trace.restart(self.setup.averaging)

    def release(self) -> None:
        """Hold peaks and lowest levels anew."""
        self._trace.release()

    def show(self, timed: TimedRow, rate_hz: float) -> None:
        power_dbfs = all_to_db(self._trace.take(timed.row.power))
        self._ring.write(power_dbfs, timed.time_s, timed.centre_hz, rate_hz, timed.lost_before)

    def snapshot(self, state: RadioState, stream: Stream | None, now_s: float) -> SpectrumSnapshot:
        """The spectrum as it is now. Raises ``NotConnected`` before the first row."""
        trace = self._trace
        if stream is None or trace.mean.size == 0:
            raise NotConnected(state.problem or "No spectrum has been received yet")
        floor = stream.floor
        return SpectrumSnapshot(
            time_s=now_s,
            centre_hz=state.centre_hz,
            rate_hz=state.rate_hz,
            mean_dbfs=all_to_db(trace.mean),
            peak_dbfs=all_to_db(trace.peak),
            lowest_dbfs=all_to_db(trace.lowest),
            floor_dbfs=None if floor is None else all_to_db(floor),
            dbm_offset_db=state.dbm_offset_db,
        )
