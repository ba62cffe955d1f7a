"""A posterior put into an ``Estimate``: figures, regions on the globe and words; pure, any thread."""

import numpy as np

from app.domain.estimate import Estimate, PosteriorGrid, Ring
from app.domain.geometry import EastNorth, LatLon, LocalPlane, angle_between_deg
from app.locate.doubts import Doubt, doubt
from app.locate.posterior import Posterior
from app.locate.regions import Figures, Outline, figures
from app.locate.track import Rows

FEWEST_ROWS = 8
SHORTEST_TRACK_M = 40.0
WIDEST_AREA_M2 = 200_000.0  # of the region that holds half the probability
MOST_CORNERS = 200  # of one outline


def estimate(posterior: Posterior, target_id: str, time_s: float) -> Estimate | None:
    """Work in what has come and say what is known; None while the target has not been heard once."""
    posterior.update()
    view, plane, rows = posterior.view, posterior.plane, posterior.track.rows()
    if view is None or plane is None:
        return None
    said = figures(view.surface.grid, view.mass)
    missing = _missing(posterior, said)
    doubts = Doubt() if missing else doubt(posterior)
    why_not = missing or doubts.against
    return Estimate(
        time_s=time_s,
        target_id=target_id,
        readings=posterior.track.readings,
        enough=not why_not,
        text=(why_not or _basis(posterior, rows, said)) + doubts.besides + _refused(posterior.refused),
        mode=_globe(plane, said.mode),
        mean=_globe(plane, said.mean),
        radius_50_m=said.radius_50_m,
        radius_90_m=said.radius_90_m,
        area_50_m2=said.area_50_m2,
        area_90_m2=said.area_90_m2,
        region_50=_rings(plane, said.region_50),
        region_90=_rings(plane, said.region_90),
        entropy_bits=said.entropy_bits,
        grid=PosteriorGrid(
            origin=plane.origin,
            west_m=view.surface.grid.west_m,
            south_m=view.surface.grid.south_m,
            cell_m=view.surface.grid.cell_m,
            probability=view.mass.astype(np.float32),
        ),
        emitters=doubts.emitters,
    )


def _missing(posterior: Posterior, said: Figures) -> str:
    """What is to be flown before the readings say where the beacon is; empty when they do.

    A position that the beacon sent, or bearings that cross, say it without a flight.
    """
    rows = posterior.track.rows()
    if posterior.hearsay.evidence and said.area_50_m2 <= WIDEST_AREA_M2:
        return ""
    if rows.extent_m < SHORTEST_TRACK_M:
        return (
            f"All readings lie within {rows.extent_m:.0f} m of each other. Fly at least {SHORTEST_TRACK_M:.0f} m, "
            "best across the direction in which the signal grows."
        )
    if len(rows) < FEWEST_ROWS:
        return f"Heard at {len(rows)} places only, {FEWEST_ROWS} are needed. Fly on while the signal is heard."
    if said.area_50_m2 > WIDEST_AREA_M2:
        return (
            f"The beacon may still be anywhere within {said.radius_90_m:.0f} m. Fly a leg of 100 m or more across "
            "the present course."
        )
    return ""


def _basis(posterior: Posterior, rows: Rows, said: Figures) -> str:
    return (
        f"{posterior.track.readings} readings over {rows.extent_m:.0f} m, errors of "
        f"{posterior.variance_db2**0.5:.1f} dB: 90 % within {said.radius_90_m:.0f} m."
    )


def _refused(count: int) -> str:
    return f" {count} impossible readings were refused." if count else ""


def _globe(plane: LocalPlane, place: tuple[float, float]) -> LatLon:
    return plane.to_globe(EastNorth(*place))


def _rings(plane: LocalPlane, outlines: tuple[Outline, ...]) -> tuple[Ring, ...]:
    """On the globe; a plane of east and north is linear, so two of its points give all."""
    one = plane.to_globe(EastNorth(1.0, 1.0))
    lat_deg, lon_deg = plane.origin.lat_deg, plane.origin.lon_deg
    up, right = one.lat_deg - lat_deg, angle_between_deg(one.lon_deg, lon_deg)
    return tuple(
        tuple(
            LatLon(lat_deg + north * up, (lon_deg + east * right + 180.0) % 360.0 - 180.0)
            for east, north in outline[:: 1 + len(outline) // MOST_CORNERS].tolist()
        )
        for outline in outlines
    )
