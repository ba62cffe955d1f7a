"""Down-sampling for plots: the lowest and highest value of each pixel, on both kinds of database."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.errors import NotFound, OutOfRange
from app.services.flights import FlightFacts
from app.store import Store
from tests.unit.store import samples


def test_no_peak_is_lost(store: Store) -> None:
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    values = np.random.default_rng(3).normal(500.0, 20.0, 1000).round(3)
    times = 100.0 + np.arange(1000) * 0.25
    facts = [replace(samples.telemetry(float(t)), altitude_m=float(v)) for t, v in zip(times, values, strict=True)]
    store.writer.write(flight.id, [*facts, replace(samples.telemetry(120.0), altitude_m=math.nan)])
    of = store.of(flight.project_id)
    parts = of.envelope("telemetry", flight.id, "altitude_m", 100.0, 350.0, 10)
    pixels = values.reshape(10, 100)
    assert [part[2:] for part in parts] == [(row.min(), row.max(), 100) for row in pixels]
    assert (parts[0][0], parts[-1][1]) == (100.0, 349.75)
    assert of.envelope("telemetry", flight.id, "altitude_m", 100.25, 100.75, 1000) == [
        (100.25, 100.25, values[1], values[1], 1),
        (100.5, 100.5, values[2], values[2], 1),
    ]
    assert of.envelope("telemetry", flight.id, "altitude_m", 5000.0, 6000.0, 10) == []
    other = store.writer.create_project("Other", "", 1.0)
    with pytest.raises(NotFound):
        store.of(other.id).envelope("telemetry", flight.id, "altitude_m", 100.0, 350.0, 10)


def test_what_cannot_be_plotted_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.open()
    flight = store.writer.begin_flight(store.current().id, "", False, 0.0)
    store.writer.write(flight.id, [samples.reading(1.0), samples.reading(2.0, snr_db=9.0)])
    facts = FlightFacts(store, "reading")
    place = (flight.project_id, flight.id)
    assert facts.envelope(*place, "snr_db", 0.0, 10.0, 1) == {
        "first_s": [1.0],
        "last_s": [2.0],
        "lowest": [9.0],
        "highest": [15.0],
        "count": [2],
    }
    for column in ("heard", "target_id", "id; DROP TABLE reading", "nothing"):
        with pytest.raises(OutOfRange, match="snr_db"):
            facts.envelope(*place, column, 0.0, 10.0, 1)
    for since_s, until_s, pixels in ((5.0, 5.0, 1), (math.nan, 1.0, 1), (0.0, math.inf, 1), (0.0, 1.0, 0)):
        with pytest.raises(OutOfRange, match="pixels"):
            facts.envelope(*place, "snr_db", since_s, until_s, pixels)
    store.close()
