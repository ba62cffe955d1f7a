"""Facts as JSON, encoded once; NaN and infinity leave as null; any thread."""

from typing import Any

import orjson
from starlette.responses import Response

from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.safety import SafetyLimits

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def encode(content: Any) -> bytes:
    """JSON of facts, pydantic-free: dataclasses by their fields, an estimate without its grid."""
    return orjson.dumps(plain(content), option=_OPTIONS)


def plain(content: Any) -> Any:
    """``content`` as orjson takes it; an ``Estimate`` is turned into something smaller, limits into their fields."""
    if isinstance(content, Estimate):
        return estimate_fields(content)
    if isinstance(content, SafetyLimits):
        return content.model_dump(mode="json")
    return content


def answer(content: Any, status: int = 200) -> Response:
    return Response(encode(content), status, media_type="application/json")


def bounds(grid: PosteriorGrid) -> dict[str, float]:
    """The grid's outline, degrees."""
    north, east = grid.probability.shape
    plane = LocalPlane(grid.origin)
    low = plane.to_globe(EastNorth(grid.west_m, grid.south_m))
    high = plane.to_globe(EastNorth(grid.west_m + east * grid.cell_m, grid.south_m + north * grid.cell_m))
    return {"south_deg": low.lat_deg, "west_deg": low.lon_deg, "north_deg": high.lat_deg, "east_deg": high.lon_deg}


def estimate_fields(estimate: Estimate) -> dict[str, Any]:
    """An estimate without its grid, which is served as an image; ``bounds`` says where the image lies."""
    return {
        "time_s": estimate.time_s,
        "target_id": estimate.target_id,
        "readings": estimate.readings,
        "enough": estimate.enough,
        "text": estimate.text,
        "mode": estimate.mode,
        "mean": estimate.mean,
        "radius_50_m": estimate.radius_50_m,
        "radius_90_m": estimate.radius_90_m,
        "area_50_m2": estimate.area_50_m2,
        "area_90_m2": estimate.area_90_m2,
        "region_50": estimate.region_50,
        "region_90": estimate.region_90,
        "entropy_bits": estimate.entropy_bits,
        "emitters": estimate.emitters,
        "bounds": bounds(estimate.grid),
    }


def _closed(ring: tuple[LatLon, ...]) -> list[list[float]]:
    corners = [[corner.lon_deg, corner.lat_deg] for corner in ring]
    return [*corners, *corners[:1]]


def regions(estimate: Estimate) -> dict[str, Any]:
    """The 50 and 90 % regions and the most probable position as a GeoJSON FeatureCollection (RFC 7946)."""
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": [[_closed(ring)] for ring in rings]},
            "properties": {"name": f"{share} % region", "share": share / 100, "area_m2": area_m2},
        }
        for share, rings, area_m2 in (
            (90, estimate.region_90, estimate.area_90_m2),
            (50, estimate.region_50, estimate.area_50_m2),
        )
    ]
    if estimate.enough:
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [estimate.mode.lon_deg, estimate.mode.lat_deg]},
                "properties": {"name": "most probable position", "radius_90_m": estimate.radius_90_m},
            }
        )
    return {"type": "FeatureCollection", "features": features}
