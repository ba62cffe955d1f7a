"""A small safety gate for tests of what stands behind the gate."""

from app.domain.safety import GateReport, Motion, Verdict
from app.errors import Refused


class SmallGate:
    """Open unless ``closed`` says why not; knows the vehicle's mode by nobody's word."""

    def __init__(self) -> None:
        self.closed = ""
        self.required: list[Motion] = []
        self.asked = 0

    def require(self, motion: Motion) -> None:
        self.required.append(motion)
        if self.closed:
            raise Refused([self.closed])

    def report(self, motion: Motion) -> GateReport:
        verdict = Verdict("some rule", not self.closed, self.closed)
        return GateReport(0.0, motion.purpose, not self.closed, (verdict,))

    def guided_asked(self) -> None:
        self.asked += 1
