"""Facts of a flight, published on the bus as the workers would."""

from dataclasses import replace

import numpy as np

from app.domain.estimate import Estimate, PosteriorGrid
from app.domain.geometry import EastNorth, LatLon, LocalPlane
from app.domain.radio import BeaconKind, Detection, Level, RadioState, Reading
from app.domain.vehicle import LinkState, Telemetry, VehicleMessage, VehicleState
from app.services.station import Station

HOME = LatLon(47.3977, 8.5456)
PLANE = LocalPlane(HOME)
BEACON = EastNorth(80.0, 120.0)


RADIO = RadioState(0.0, "rtl_tcp://x:1", "SIM", True, True, 433.86e6, 240e3, 28.0, False, (0.0, 28.0), 1, 0, False)


def publish_flight(station: Station) -> None:
    """A simulated vehicle that flew east, heard the beacon and knows where it is."""
    now_s, bus = station.clock.now_s(), station.bus
    target = station.targets.targets().selected_id
    bus.link.publish(LinkState(now_s, "tcp:127.0.0.1:5760", True, 92.0, 0.1, 0))
    bus.vehicle.publish(
        VehicleState(
            now_s, 1, True, True, "ArduPilot", "quadrotor", "GUIDED", True, True, True, now_s, 84.0, 15.9, 3, 14, 0.8,
            True, HOME, 488.0,
        )
    )  # fmt: skip
    bus.radio.publish(replace(RADIO, time_s=now_s))
    bus.message.publish(VehicleMessage(now_s, 1, 6, "Mode change: GUIDED"))
    for step in range(40):
        publish_step(station, target, now_s + step * 0.1, EastNorth(-100.0 + step * 5.0, 20.0))
    bus.detection.publish(
        Detection(now_s, 0.3, target, BeaconKind.CARRIER, 433.92e6, 100.0, -40.0, 21.5, True, "Line held for 0.3 s")
    )
    bus.estimate.publish(estimate(target, now_s))


def publish_step(station: Station, target: str, time_s: float, point: EastNorth) -> None:
    place = PLANE.to_globe(point)
    station.bus.telemetry.publish(
        Telemetry(time_s, 1, place.lat_deg, place.lon_deg, 528.0, 40.2, 2.0, -3.0, 90.0, 0.0, 5.0, 0.0)
    )
    power_db = -50.0 - 20.0 * float(np.log10(max((point - BEACON).length_m, 10.0)))
    level = Level(time_s, 0.1, target, 433.92e6, power_db + 28.0, power_db, -75.0, power_db + 103.0, True, False)
    station.bus.level.publish(level)
    station.bus.reading.publish(Reading(level, place.lat_deg, place.lon_deg, 40.2, 90.0, 2.0, -3.0))
    row = np.full(station.radio.ring.bins, -95.0, np.float32)
    row[1535] = power_db + 28.0
    station.radio.ring.write(row, time_s, 433.86e6, 240e3)


def estimate(target: str, time_s: float) -> Estimate:
    along = np.arange(-200.0, 200.0, 4.0) + 2.0
    east, north = np.meshgrid(along, along)
    likely = np.exp(-((east - BEACON.east_m) ** 2 + (north - BEACON.north_m) ** 2) / 2.0 / 12.0**2)
    grid = PosteriorGrid(HOME, -200.0, -200.0, 4.0, (likely / likely.sum()).astype(np.float32))
    centre = PLANE.to_globe(BEACON)
    ring_50, ring_90 = (_circle(radius) for radius in (14.0, 26.0))
    return Estimate(
        time_s, target, 40, True, "40 readings", centre, centre, 14.0, 26.0, 615.0, 2120.0, (ring_50,), (ring_90,),
        6.0, grid,
    )  # fmt: skip


def _circle(radius_m: float) -> tuple[LatLon, ...]:
    angles = np.linspace(0.0, 2.0 * np.pi, 32, endpoint=False)
    return tuple(
        PLANE.to_globe(BEACON + EastNorth(float(np.cos(angle)), float(np.sin(angle))) * radius_m) for angle in angles
    )
