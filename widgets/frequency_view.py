"""The span of frequencies that spectrum and waterfall show together; GUI thread."""

from PySide6.QtCore import QObject, Signal

NARROWEST_HZ = 200.0


class FrequencyView(QObject):
    """Which frequencies are in view. Until someone zooms it follows the receiver's whole band."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._band_low_hz = 0.0
        self._band_high_hz = 1.0
        self.low_hz = 0.0
        self.high_hz = 1.0

    @property
    def span_hz(self) -> float:
        return self.high_hz - self.low_hz

    @property
    def known(self) -> bool:
        """Whether a receiver has said what it hears."""
        return self._band_high_hz > 1.0

    @property
    def whole(self) -> bool:
        """Whether the whole band is in view."""
        return (self.low_hz, self.high_hz) == (self._band_low_hz, self._band_high_hz)

    def set_band(self, centre_hz: float, rate_hz: float) -> None:
        """The receiver now hears ``rate_hz`` round ``centre_hz``; shown whole when it moved or was whole before."""
        low_hz, high_hz = centre_hz - rate_hz / 2.0, centre_hz + rate_hz / 2.0
        if (low_hz, high_hz) == (self._band_low_hz, self._band_high_hz):
            return
        outside = self.low_hz >= high_hz or self.high_hz <= low_hz
        follow = self.whole or outside
        self._band_low_hz, self._band_high_hz = low_hz, high_hz
        if follow:
            self.show_whole()
        else:
            self._show(self.low_hz, self.high_hz)

    def show_whole(self) -> None:
        self._show(self._band_low_hz, self._band_high_hz)

    def zoom(self, factor: float, about_hz: float) -> None:
        """Make the span ``factor`` times as wide; ``about_hz`` keeps its place."""
        factor = max(factor, NARROWEST_HZ / self.span_hz)
        self._show(about_hz + (self.low_hz - about_hz) * factor, about_hz + (self.high_hz - about_hz) * factor)

    def pan(self, by_hz: float) -> None:
        self._show(self.low_hz + by_hz, self.high_hz + by_hz)

    def _show(self, low_hz: float, high_hz: float) -> None:
        """Put a span in view, moved and cut to lie in the band."""
        span_hz = min(high_hz - low_hz, self._band_high_hz - self._band_low_hz)
        low_hz = min(max(low_hz, self._band_low_hz), self._band_high_hz - span_hz)
        whole = span_hz == self._band_high_hz - self._band_low_hz
        self.low_hz = self._band_low_hz if whole else low_hz
        self.high_hz = self._band_high_hz if whole else low_hz + span_hz
        self.changed.emit()
