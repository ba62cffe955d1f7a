"""The carrier's phase through a burst: frequency, drift, and what is left of both; pure, any thread."""

import math

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from app.dsp.sarsat406.preamble import DEPTH_RAD

DRIFTS = np.arange(-100.0, 102.0, 2.0)  # Hz/s: a satellite's Doppler changes by less
NEAR, MOST = 0.7, 600  # of the steady line's top, and how many places of the grid are looked at
WINDOW = 31  # bits over which the phase is smoothed: at 32 dBHz it is then known to 0.1 rad
LENGTH = 1024


def steady_phase(
    carrier: NDArray[np.complex128], steady: NDArray[np.complex128], swing: NDArray[np.complex128], step_s: float
) -> NDArray[np.float64]:
    """Phase of each bit for the likeliest frequency and linear drift; shape (bits,), rad.

    ``carrier`` are sums over a bit's length before the bits, ``steady`` and ``swing`` sum and difference of the two
    halves of each bit. A grid of drifts and frequencies by the steady line alone (dechirping), then of the places near
    its top the one at which the data are the widest open as well.
    """
    before, bits = carrier.size, steady.size
    index = np.arange(before + bits) - (before + bits - 1) / 2.0
    line = np.concatenate((carrier, math.cos(DEPTH_RAD) * steady))
    chirps = math.pi * DRIFTS[:, None] * (index * step_s) ** 2
    spectra = scipy.fft.fft(line * np.exp(-1j * chirps), LENGTH, axis=1)
    size = np.abs(spectra)
    drifts, peaks = np.nonzero(size >= NEAR * size.max())
    if drifts.size > MOST:
        order = np.argsort(size[drifts, peaks])[-MOST:]
        drifts, peaks = drifts[order], peaks[order]
    turns = 2.0 * math.pi * np.fft.fftfreq(LENGTH)[peaks]
    places = np.arange(before, before + bits)
    phases = turns[:, None] * places + chirps[drifts][:, before:] + np.angle(spectra[drifts, peaks])[:, None]
    data = np.abs((swing * np.exp(-1j * phases)).imag).sum(axis=1)
    return np.asarray(phases[np.argmax(size[drifts, peaks] + math.sin(DEPTH_RAD) * data)], np.float64)


def refined(
    phase: NDArray[np.float64],
    first: NDArray[np.complex128],
    second: NDArray[np.complex128],
    known: NDArray[np.float64],
) -> NDArray[np.float64]:
    """A better phase of each bit, from both halves of all bits round it.

    ``known`` are the signs of the first bits; those of the others are taken as they look with the present phase.
    """
    for _ in range(3):
        turn = np.exp(-1j * phase)
        swing, steady = (first - second) * turn, (first + second) * turn
        signs = np.sign(swing.imag)
        signs[: known.size] = known
        seen = math.cos(DEPTH_RAD) * steady - 1j * math.sin(DEPTH_RAD) * signs * swing
        phase = phase + np.angle(_smooth(seen))
    return phase


def _smooth(values: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """A Hann window of ``WINDOW``, shorter at the ends."""
    weights = np.hanning(WINDOW + 2)[1:-1]
    return np.asarray(np.convolve(values, weights, "same"), np.complex128)
