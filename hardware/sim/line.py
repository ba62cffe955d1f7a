"""One direction of a serial line to the simulated vehicle: no more bytes a second than its rate; the world's thread."""

_BITS = 10  # of a byte on the wire: start, eight, stop


class Line:
    """``baud`` bits a simulated second; 0: without limit."""

    def __init__(self, baud: int) -> None:
        self._byte_s = _BITS / baud if baud else 0.0
        self._free_s = 0.0

    def carry(self, size: int, now_s: float) -> float:
        """Put bytes on the line; returns when the last of them has arrived."""
        self._free_s = max(self._free_s, now_s) + size * self._byte_s
        return self._free_s

    def behind_s(self, now_s: float) -> float:
        """How long what is already on the line still takes."""
        return max(0.0, self._free_s - now_s)
