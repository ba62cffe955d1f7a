"""What flights and projects came to: figures with goals, series, correlations, findings, profiles; any thread.

Nothing is made up: a figure that the data do not give is None, with what is missing in words.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.domain.geometry import LatLon, on_earth
from app.domain.project import Flight
from app.domain.recording import StoredRecording
from app.domain.rows import Rows
from app.errors import OutOfRange
from app.insights.anomalies import Anomaly, anomalies
from app.insights.correlation import Correlation, correlations, strongest
from app.insights.figures import Known, flight_figures, gate_closures, project_figures, told_place
from app.insights.findings import findings
from app.insights.flight import FIGURED, figures_of
from app.insights.goals import Figure
from app.insights.profiles import Flown, profiles
from app.insights.series import Series, on_grid, series_of
from app.store import ProjectQueries, Store

TABLES = ("telemetry", "reading", "estimate", "transition", "gate", "command")
MOST_FLIGHTS = 200
MOST_STEPS = 120  # of lag, either way
LOOKED_AT = ("snr_db", "power_db", "noise_dbfs", "height_m", "roll_deg", "pitch_deg", "speed_mps")  # for anomalies
UNKNOWN_RECEIVER = "receiver (which one is not recorded)"


class InsightService:
    """Every method raises ``NotFound`` for a flight of another project, ``OutOfRange`` and ``StoreError``."""

    def __init__(self, store: Store, sweep_width_m: float) -> None:
        self._store = store
        self._sweep_width_m = sweep_width_m

    def flight(self, project_id: int, flight_id: int, truth: LatLon | None = None) -> dict[str, Any]:
        """Figures with goals and status, anomalies, the strongest correlations, findings with their evidence.

        ``truth`` is where the beacon was, where somebody knows it.
        """
        of = self._store.of(project_id)
        flight = of.flight(flight_id)
        known = self._known(of, flight, of.recordings(), truth)
        figures = flight_figures(known)
        series = series_of(known.tables, known.beacon)
        odd = _odd(series)
        paired = strongest(_correlated(series, 1.0, 10))
        return {
            "flight": flight,
            "figures": [_plain(one) for one in figures],
            "gate_closures": gate_closures(known.tables["gate"]),
            "anomalies": odd,
            "correlations": paired,
            "findings": findings(figures, odd, paired),
        }

    def project(self, project_id: int) -> dict[str, Any]:
        """Each figure over the flights that have it, and the figures of each flight, newest first."""
        flown = self._flown(project_id)
        return {
            "flights": [{"flight": one.flight, "figures": [_plain(figure) for figure in one.figures]} for one in flown],
            "figures": project_figures([one.figures for one in flown]),
        }

    def profiles(self, project_id: int) -> list[dict[str, Any]]:
        """Operators, vehicles and receivers over the project's flights."""
        return [asdict(one) for one in profiles(self._flown(project_id))]

    def series(
        self, project_id: int, flight_id: int, step_s: float = 0.0, truth: LatLon | None = None
    ) -> list[dict[str, Any]]:
        """What the flight measured, raw, or with ``step_s`` the means on one grid (None where a step holds nothing)."""
        of = self._store.of(project_id)
        found = self._series(of, flight_id, truth)
        if not step_s:
            raw = found.values()
            return [{"name": s.name, "unit": s.unit, "time_s": s.time_s, "values": s.values} for s in raw]
        time_s, gridded = on_grid(found, _step(step_s))
        return [
            {"name": name, "unit": found[name].unit, "time_s": time_s, "values": values}
            for name, values in gridded.items()
        ]

    def correlations(
        self, project_id: int, flight_id: int, step_s: float = 1.0, lag_s: float = 10.0, truth: LatLon | None = None
    ) -> list[Correlation]:
        """Of each pair of series at each lag; p-values corrected for all of them and for autocorrelation."""
        steps = lag_s / _step(step_s)
        if not 0.0 <= steps <= MOST_STEPS:
            raise OutOfRange(f"lag_s may be 0 to {MOST_STEPS} steps of step_s.")
        of = self._store.of(project_id)
        return _correlated(self._series(of, flight_id, truth), step_s, int(steps))

    def _series(self, of: ProjectQueries, flight_id: int, truth: LatLon | None) -> dict[str, Series]:
        known = self._known(of, of.flight(flight_id), of.recordings(), truth)
        return series_of(known.tables, known.beacon)

    def _known(
        self, of: ProjectQueries, flight: Flight, recordings: Sequence[StoredRecording], truth: LatLon | None
    ) -> Known:
        if truth is not None and not on_earth(truth):
            raise OutOfRange("truth is no place: latitude and longitude in degrees.")
        tables = {table: of.rows(table, flight.id) for table in TABLES}
        mine = [one.recording for one in recordings if one.flight_id == flight.id]
        lost = sum(one.lost_samples for one in mine) if mine else None
        figures = figures_of(flight, *(tables[table] for table in FIGURED))
        return Known(figures, tables, lost, self._sweep_width_m, truth, told_place(tables["estimate"]))

    def _flown(self, project_id: int) -> list[Flown]:
        of = self._store.of(project_id)
        recordings = of.recordings()
        return [self._one(of, flight, recordings) for flight in of.flights()[:MOST_FLIGHTS]]

    def _one(self, of: ProjectQueries, flight: Flight, recordings: Sequence[StoredRecording]) -> Flown:
        known = self._known(of, flight, recordings, None)
        return Flown(
            flight,
            tuple(flight_figures(known)),
            _names(known.tables["command"], "actor"),
            tuple(f"vehicle {name}" for name in _names(known.tables["telemetry"], "vehicle_id")),
            (UNKNOWN_RECEIVER,) if known.tables["reading"].values else (),
        )


def _names(rows: Rows, column: str) -> tuple[str, ...]:
    return tuple(sorted({str(value) for value in rows.column(column)}))


def _odd(found: dict[str, Series]) -> list[Anomaly]:
    every = [odd for name, one in found.items() if name in LOOKED_AT for odd in anomalies(name, one.time_s, one.values)]
    return sorted(every, key=lambda one: -abs(one.score))


def _correlated(found: dict[str, Series], step_s: float, lags: int) -> list[Correlation]:
    return correlations(on_grid(found, step_s)[1], lags)


def _step(step_s: float) -> float:
    if not (math.isfinite(step_s) and 0.05 <= step_s <= 3600.0):
        raise OutOfRange("step_s may be 0.05 to 3600 s.")
    return step_s


def _plain(one: Figure) -> dict[str, Any]:
    goal = None if one.goal is None else f"{one.goal.sense} {one.goal.value:g}"
    return {
        "name": one.name,
        "title": one.title,
        "value": one.value,
        "unit": one.unit,
        "goal": goal,
        "ok": one.ok,
        "why": one.why,
        "panel": one.panel,
    }
