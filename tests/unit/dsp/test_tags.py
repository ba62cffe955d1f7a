"""Tags are confirmed with their period, frequency and rate; what is none is rejected with the reason."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.matched import PulseFilter
from app.dsp.track import TargetTrack
from app.dsp.trains import find_trains, window_of
from app.dsp.verdicts import verdicts
from hardware.sim.signals import white
from hardware.sim.trains import Tag, carrier, comb, heard, quantised, tag

RATE_HZ = 10_000.0
NOISE_PER_HZ = 1.0 / RATE_HZ
UNKNOWN = Target("t", "Fox", BeaconKind.PULSED, 150e6, 4_000.0, period_s=0.0)
KNOWN = Target("t", "Fox", BeaconKind.PULSED, 150e6, 4_000.0, period_s=2.0, mortality_period_s=1.0)
Signal = NDArray[np.complex64]


def told(target: Target, samples: Signal, lost_s: tuple[float, float] | None = None) -> list[Detection]:
    """What is said of a channel at its own rate; the samples between two times are lost and it is known."""
    track = TargetTrack(target, target.frequency_hz, RATE_HZ, 0.0)
    track.reset(0)
    found: list[Detection] = []
    position = 0
    for part in np.array_split(samples, samples.size // 2_000):
        if lost_s is not None and lost_s[0] <= position / RATE_HZ < lost_s[1]:
            position += part.size
            track.reset(position)
            continue
        facts = track.feed(part, NOISE_PER_HZ, overload=False, time_of=lambda sample: sample / RATE_HZ)
        found += [fact for fact in facts if isinstance(fact, Detection)]
        position += part.size
    return found


def period_told_s(detection: Detection) -> float:
    return float(detection.text.split("every ")[1].split(" s")[0])


def alone(what: Tag, seconds: float = 16.0, seed: int = 1) -> Signal:
    return tag(np.random.default_rng(seed), what, seconds, RATE_HZ)[0]


@pytest.mark.parametrize("period_s", [0.5, 0.61, 1.337, 2.0, 2.71, 3.0])
def test_a_period_nobody_gave_is_found_to_a_millisecond(period_s: float) -> None:
    rng = np.random.default_rng(round(1e3 * period_s))
    what = Tag(12.0, period_s, 733.0, jitter_s=0.5e-3, stretch=1e-5, drift_hz_per_s=1.0)
    signal, truth = tag(rng, what, 20.0, RATE_HZ)
    detections = told(UNKNOWN, heard(rng, signal))
    assert len(detections) >= 2
    assert period_told_s(detections[-1]) == pytest.approx(truth.period_s, abs=1e-3)
    for detection in detections:
        assert detection.confirmed
        assert period_told_s(detection) == pytest.approx(truth.period_s, abs=3e-3)  # the first of half a window
        assert detection.frequency_hz == pytest.approx(150e6 + 733.0, abs=33.0)
        assert detection.snr_db == pytest.approx(12.0, abs=2.5)


def test_a_tag_keeps_its_rate_class_and_changes_it() -> None:
    rng = np.random.default_rng(2)
    texts = [one.text for one in told(KNOWN, heard(rng, alone(Tag(15.0, 2.0, 500.0, later_period_s=1.0), 40.0)))]
    rates = [text.split(": ")[1].split(" ")[0] for text in texts]
    assert rates[0] == "alive"
    assert rates[-1] == "mortality"
    assert rates == sorted(rates)


@pytest.mark.parametrize(
    ("signal", "why"),
    [
        (alone(Tag(24.0, 1.3, 500.0)), "not its period of 2.000 s or 1.000 s"),
        (alone(Tag(24.0, 0.61, 500.0)), "not its period of 2.000 s or 1.000 s"),
        (comb(np.random.default_rng(3), 24.0, 3.0, -700.0, 16.0, RATE_HZ), "a comb of 3.0 pulses a second"),
        (comb(np.random.default_rng(4), 24.0, 5.0, -700.0, 16.0, RATE_HZ), "a comb of 5.0 pulses a second"),
        (comb(np.random.default_rng(5), 24.0, 10.0, -700.0, 16.0, RATE_HZ), "a comb of 10.0 pulses a second"),
        (carrier(np.random.default_rng(6), 0.0, 300.0, 16.0, RATE_HZ), "a steady carrier"),
        (np.asarray(sum(alone(Tag(30.0, 99.0, first_s=at)) for at in (1.0, 4.3, 6.4, 9.9))), "windows are empty"),
    ],
)
def test_what_is_no_tag_is_rejected_with_the_reason(signal: Signal, why: str) -> None:
    (detection,) = told(KNOWN, heard(np.random.default_rng(7), signal))
    assert not detection.confirmed
    assert "rejected: " in detection.text
    assert why in detection.text


def test_impulses_over_the_whole_channel_are_no_tag() -> None:
    signal = np.zeros(160_000, np.complex64)
    for second in range(1, 16, 2):
        signal[second * 10_000 + np.arange(2)] = 25.0
    (detection,) = told(KNOWN, heard(np.random.default_rng(8), signal))
    assert "clicks as strong over the whole channel" in detection.text


@pytest.mark.parametrize("other", ["neighbour", "carrier"])
def test_a_tag_is_found_beside_something_stronger(other: str) -> None:
    rng = np.random.default_rng(9)
    strong = alone(Tag(24.0, 1.3, 500.0)) if other == "neighbour" else carrier(rng, 0.0, 500.0, 16.0, RATE_HZ)
    detections = told(KNOWN, heard(rng, strong, alone(Tag(15.0, 2.0, -900.0))))
    assert len(detections) == 2
    assert detections[1].confirmed  # the first look has three pulses, which noise may hide
    assert detections[1].frequency_hz == pytest.approx(150e6 - 900.0, abs=33.0)


def test_the_skirt_of_one_strong_pulse_makes_no_train_of_noise() -> None:
    """Four weak pulses, too few for a train, and in the fifth place the skirt of one a hundred times as strong."""
    rng = np.random.default_rng(8)
    weak = tag(rng, Tag(4.0, 2.0, 500.0, first_s=1.0), 10.1, RATE_HZ)[0]
    weak[90_000:] = 0.0
    strong = tag(rng, Tag(29.0, 99.0, 704.0, first_s=9.0), 10.1, RATE_HZ)[0]
    pulses = PulseFilter(RATE_HZ, 3_840.0, 0.015)
    gram = pulses.gram(heard(rng, weak, strong), 0, 100_000 // pulses.hop)
    window = window_of([gram], RATE_HZ, pulses.length)
    (verdict,) = verdicts(window, find_trains(window, (2.0,), 0.01), 2.0, 0.0)
    assert verdict.why == "at the times of something stronger beside it"


def test_a_tag_is_found_through_fading_and_eight_bits() -> None:
    rng = np.random.default_rng(10)
    faded = heard(rng, alone(Tag(15.0, 1.0, 500.0, fading_db=4.0)))
    clipped = quantised(heard(rng, alone(Tag(45.0, 1.0, 500.0))), 12.0)
    for samples in (faded, quantised(faded, 1.0), clipped):
        detections = told(UNKNOWN, samples)
        assert detections[-1].confirmed
        assert period_told_s(detections[-1]) == pytest.approx(1.0, abs=1e-3)


def test_pulses_on_both_sides_of_lost_samples_are_one_train() -> None:
    rng = np.random.default_rng(11)
    detections = told(KNOWN, heard(rng, alone(Tag(13.0, 2.0, 500.0), 13.0)), lost_s=(5.0, 6.03))
    assert detections[-1].confirmed
    assert detections[-1].time_s < 5.0
    assert detections[-1].time_s + detections[-1].duration_s > 6.0
    assert period_told_s(detections[-1]) == pytest.approx(2.0, abs=2e-3)


def test_noise_is_no_tag() -> None:
    rng = np.random.default_rng(12)
    assert told(KNOWN, white(rng, 1_000_000)) == []
    assert told(UNKNOWN, white(rng, 500_000)) == []
