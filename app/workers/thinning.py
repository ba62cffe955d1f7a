"""Which facts of a flight are worth a row; the recorder's thread."""

import math

from app.domain.estimate import Estimate
from app.domain.safety import GateReport
from app.store import Fact

ESTIMATE_EVERY_S = 1.0


class Thinning:
    """Drops what repeats itself: estimates beyond one a second, gate reports in which no rule's answer changed."""

    def __init__(self) -> None:
        self._estimate_s: dict[str, float] = {}
        self._gate: tuple[object, ...] = ()

    def wanted(self, fact: Fact) -> bool:
        if isinstance(fact, Estimate):
            # a jump back of time begins anew
            if 0.0 <= fact.time_s - self._estimate_s.get(fact.target_id, -math.inf) < ESTIMATE_EVERY_S:
                return False
            self._estimate_s[fact.target_id] = fact.time_s
        elif isinstance(fact, GateReport):
            answers = (fact.purpose, *((verdict.rule, verdict.passed) for verdict in fact.verdicts))
            if answers == self._gate:
                return False
            self._gate = answers
        return True
