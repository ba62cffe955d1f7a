"""A whole flight as it is exported, and what the formats have in common; pure, any thread."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.geometry import LatLon, LocalPlane, contains
from app.domain.project import Flight, Project
from app.domain.radio import Targets
from app.domain.rows import Rows

NEAR_S = 1.0  # a position this near in time stands for that of a detection
Outline = list[LatLon]  # closed: the first corner is repeated at the end


@dataclass(frozen=True, slots=True)
class FlightRecord:
    """Everything of one flight; ``tables`` by their names in the store."""

    project: Project
    flight: Flight
    targets: Targets
    tables: Mapping[str, Rows]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table].as_dicts()

    def tracks(self) -> dict[int, list[dict[str, Any]]]:
        """Telemetry with a position, by vehicle."""
        tracks: dict[int, list[dict[str, Any]]] = {}
        for row in self.rows("telemetry"):
            if row["lat_deg"] is not None and row["lon_deg"] is not None:
                tracks.setdefault(row["vehicle_id"], []).append(row)
        return tracks

    def detections(self) -> Iterator[tuple[dict[str, Any], LatLon | None]]:
        """Each with the place where a vehicle was then; None where none is known."""
        poses = sorted((row for track in self.tracks().values() for row in track), key=lambda row: row["time_s"])
        times = [row["time_s"] for row in poses]
        for row in self.rows("detection"):
            at = bisect_left(times, row["time_s"])
            near = [pose for pose in poses[max(at - 1, 0) : at + 1] if abs(pose["time_s"] - row["time_s"]) <= NEAR_S]
            nearest = min(near, key=lambda pose: abs(pose["time_s"] - row["time_s"]), default=None)
            yield row, LatLon(nearest["lat_deg"], nearest["lon_deg"]) if nearest else None

    def last_estimates(self) -> list[dict[str, Any]]:
        """The last estimate of each target that says where it is."""
        last = {row["target_id"]: row for row in self.rows("estimate") if row["enough"]}
        return [row for row in last.values() if row["mode_lat_deg"] is not None and row["mode_lon_deg"] is not None]

    def target_name(self, target_id: str) -> str:
        return next((target.name for target in self.targets.all if target.id == target_id), target_id)


def iso_time(time_s: float) -> str:
    """UTC as ISO 8601 with milliseconds."""
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def polygons(rings: list[list[list[float]]]) -> list[list[Outline]]:
    """Stored rings of [lat_deg, lon_deg] as polygons: each an outer outline, anticlockwise, and its holes, clockwise.

    A ring inside an odd number of others is a hole of the smallest that is round it (even-odd rule).
    """
    open_rings = [tuple(LatLon(lat_deg, lon_deg) for lat_deg, lon_deg in ring) for ring in rings if len(ring) >= 3]
    by_size = sorted(open_rings, key=lambda ring: abs(_area_m2(ring)), reverse=True)
    shapes: list[tuple[tuple[LatLon, ...], list[Outline]]] = []
    for number, ring in enumerate(by_size):
        hole = sum(contains(larger, ring[0]) for larger in by_size[:number]) % 2 == 1
        owner = next((shape for outer, shape in reversed(shapes) if contains(outer, ring[0])), None)
        if hole and owner is not None:
            owner.append(_turned(ring, left=False))
        else:
            shapes.append((ring, [_turned(ring, left=True)]))
    return [shape for _, shape in shapes]


def _area_m2(ring: tuple[LatLon, ...]) -> float:
    """Positive when the ring goes anticlockwise (shoelace formula)."""
    points = [LocalPlane(ring[0]).to_plane(corner) for corner in ring]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return sum(a.east_m * b.north_m - b.east_m * a.north_m for a, b in pairs) / 2.0


def _turned(ring: tuple[LatLon, ...], left: bool) -> Outline:
    corners = list(ring) if (_area_m2(ring) > 0.0) == left else list(reversed(ring))
    return [*corners, corners[0]]
