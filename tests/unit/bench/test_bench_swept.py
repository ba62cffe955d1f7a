"""The swept detector's figures are measured on what they say; how good they are is for the bench to say."""

import numpy as np
import pytest

from app.bench.swept import detection_figure, impostor_figure, noise_density, noise_figures
from app.bench.trials import alone
from hardware.sim.impostors import IMPOSTORS
from hardware.sim.signals import white


def test_the_audio_snr_is_that_of_a_coherent_receiver() -> None:
    times_s = np.arange(20_000) / 10_000.0
    signal = (1.0 + 0.9 * np.sin(2.0 * np.pi * 800.0 * times_s)).astype(np.complex64)
    density = noise_density(signal, 10_000.0, 0.0)
    noise = (np.sqrt(density * 10_000.0) * white(np.random.default_rng(1), 20_000)).real
    spectrum = np.abs(np.fft.rfft(noise)[:6_000]) ** 2  # up to 3 kHz
    assert 2.0 * spectrum.sum() / 20_000**2 == pytest.approx(0.9**2 / 2.0, rel=0.05)


def test_figures_come_with_their_goals() -> None:
    assert detection_figure(3).value > 0.5
    assert [figure.goal for figure in noise_figures(20, alone)] == ["0.0005 - 0.002", "<= 0"]
    assert f"{3 * len(IMPOSTORS)} windows" in impostor_figure(1).name
