"""How weak an ELT is still confirmed, and how often noise, voice and others are taken for one; the main thread."""

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure
from app.bench.trials import Count, none_figure, pfa_figure
from app.domain.radio import BeaconKind, Detection, Target
from app.dsp.power import from_db
from app.dsp.sweeps import WINDOW_S, find_sweep
from app.dsp.swept import PFA, reason_against
from app.dsp.track import TargetTrack
from hardware.sim.impostors import IMPOSTORS
from hardware.sim.signals import elt, white

RATE_HZ = 10_000.0
WINDOW = round(WINDOW_S * RATE_HZ)
PASSBAND_HZ, OFFSET_HZ = 20_000.0, 3_000.0
NOISE_WINDOWS, NOISE_WINDOWS_QUICK = 10_000, 1_000
TRIALS, TRIALS_QUICK = 200, 30
QUIET_S = 1.0  # of noise before the ELT begins
IMPOSTOR_SNRS_DB = (0.0, 10.0, 30.0)  # in 4 kHz


def run(quick: bool, count: Count) -> list[Figure]:
    """With ``quick`` a tenth of the windows."""
    trials = TRIALS_QUICK if quick else TRIALS
    noise = noise_figures(NOISE_WINDOWS_QUICK if quick else NOISE_WINDOWS, count)
    return [detection_figure(trials), least_snr_figure(trials // 2), *noise, impostor_figure(trials // 2)]


def detection_figure(trials: int) -> Figure:
    """Share of ELTs confirmed within 2 s of their begin, of many sweeps, at an audio SNR of 0 dB in 3 kHz."""
    rng = np.random.default_rng(0xE17)
    within = sum(_confirmed_after_s(rng, 0.0) <= 2.0 for _ in range(trials))
    share = within / trials
    return Figure("swept: Pd within 2 s at audio SNR 0 dB", share, "", ">= 0.9", share >= 0.9)


def least_snr_figure(trials: int) -> Figure:
    """Lowest audio SNR in 3 kHz, in steps of 1 dB, at which one look of 2 s confirms 90 %."""
    rng = np.random.default_rng(0xE18)
    lowest_db = 0.0
    for snr_db in np.arange(0.0, -15.0, -1.0):
        found = sum(not reason_against(find_sweep(_with_noise(rng, _elt(rng, RATE_HZ, WINDOW, 0.0), RATE_HZ, snr_db),
                                                  RATE_HZ)) for _ in range(trials))  # fmt: skip
        if found < 0.9 * trials:
            break
        lowest_db = float(snr_db)
    return Figure("swept: audio SNR for Pd 0.9 in one look of 2 s", lowest_db, "dB", "<= 0", lowest_db <= 0.0)


def noise_figures(windows: int, count: Count) -> list[Figure]:
    """The score's false alarms against the stated probability, and what the whole detector confirms of noise."""
    reached, confirmed = count(in_noise, windows, 0xE19)
    return [
        pfa_figure(f"swept: Pfa of the score, {windows} windows of noise", reached, windows, PFA),
        none_figure(f"swept: confirmed of {windows} windows of noise", confirmed, windows),
    ]


def in_noise(rng: np.random.Generator, windows: int) -> tuple[int, ...]:
    """Windows of noise whose score reaches the limit, and those that are confirmed."""
    looks = [find_sweep(white(rng, WINDOW), RATE_HZ) for _ in range(windows)]
    return sum(look.chance <= PFA for look in looks), sum(not reason_against(look) for look in looks)


def impostor_figure(trials: int) -> Figure:
    """Windows of voice, tones, keys, clicks and carriers that are confirmed, of so many of each at each SNR."""
    rng = np.random.default_rng(0xE20)
    confirmed = total = 0
    for make in IMPOSTORS.values():
        for snr_db in IMPOSTOR_SNRS_DB:
            for _ in range(trials):
                signal = make(rng, WINDOW, RATE_HZ)
                density = float((np.abs(signal) ** 2).mean()) * 10.0 ** (-snr_db / 10.0) / 4_000.0
                noisy = signal + np.float32(np.sqrt(density * RATE_HZ)) * white(rng, WINDOW)
                confirmed += not reason_against(find_sweep(noisy, RATE_HZ))
                total += 1
    return Figure(f"swept: confirmed of {total} windows of voice, tones, keys, clicks", confirmed, "", "<= 0",
                  confirmed == 0)  # fmt: skip


def _elt(rng: np.random.Generator, rate_hz: float, count: int, offset_hz: float) -> NDArray[np.complex64]:
    """One of those allowed: down or up, at least 700 Hz within 300 ... 1600 Hz, 2 ... 4 times a second."""
    low_hz = rng.uniform(300.0, 900.0)
    ends_hz = [low_hz, rng.uniform(low_hz + 700.0, 1_600.0)]
    first_hz, last_hz = ends_hz if rng.random() < 0.25 else ends_hz[::-1]
    off_hz = offset_hz + rng.uniform(-500.0, 500.0)
    return elt(rng, count, rate_hz, off_hz, first_hz, last_hz, rng.uniform(2.0, 4.0), rng.uniform(0.33, 0.5))


def noise_density(signal: NDArray[np.complex64], rate_hz: float, snr_db: float) -> float:
    """Noise per Hz for an audio SNR in 3 kHz of a coherent AM receiver: N0 3 kHz, complex noise of density N0."""
    audio = np.fft.rfft(np.abs(signal) - float(np.abs(signal).mean()))
    below = np.fft.rfftfreq(signal.size, 1.0 / rate_hz) < 3_000.0
    power = 2.0 * float((np.abs(audio[below]) ** 2).sum()) / signal.size**2
    return power / 3_000.0 * from_db(-snr_db)


def _with_noise(
    rng: np.random.Generator, signal: NDArray[np.complex64], rate_hz: float, snr_db: float
) -> NDArray[np.complex64]:
    density = noise_density(signal, rate_hz, snr_db)
    return signal + np.float32(np.sqrt(density * rate_hz)) * white(rng, signal.size)


def _confirmed_after_s(rng: np.random.Generator, snr_db: float) -> float:
    """How long after its begin an ELT is confirmed by channel, meter and detector together; infinite when never."""
    count = round((QUIET_S + 2.5) * PASSBAND_HZ)
    signal = _elt(rng, PASSBAND_HZ, count, OFFSET_HZ)
    density = noise_density(signal, PASSBAND_HZ, snr_db)
    signal[: round(QUIET_S * PASSBAND_HZ)] = 0.0
    iq = signal + np.float32(np.sqrt(density * PASSBAND_HZ)) * white(rng, count)
    track = TargetTrack(Target("e", "ELT", BeaconKind.SWEPT, OFFSET_HZ), 0.0, PASSBAND_HZ, 0.0)
    for part in np.array_split(iq, round(count / PASSBAND_HZ / 0.05)):
        for fact in track.feed(part, density, overload=False, time_of=lambda sample: sample / PASSBAND_HZ):
            if isinstance(fact, Detection) and fact.confirmed:
                return fact.time_s + fact.duration_s - QUIET_S
    return float("inf")
