"""What others reach from 8-bit I/Q to averaged spectra on this machine, where they can be had; the caller's thread."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("psd.cpp")
SYSTEM_PYTHON = Path("/usr/bin/python3")  # the one Debian's GNU Radio is installed for
LONGEST_S = 120.0
FLOWGRAPH = """
import resource
from gnuradio import blocks, fft, gr
from gnuradio.fft import window

BINS = 2048

def used_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

def rate(samples):
    top = gr.top_block()
    top.connect(
        blocks.vector_source_b(list(range(256)) * 512, True),
        blocks.head(gr.sizeof_char, 2 * samples),
        blocks.interleaved_char_to_complex(False, 128.0),
        blocks.stream_to_vector(gr.sizeof_gr_complex, BINS),
        fft.fft_vcc(BINS, True, window.hann(BINS), True, 1),
        blocks.complex_to_mag_squared(BINS),
        blocks.integrate_ff(39, BINS),
        blocks.null_sink(gr.sizeof_float * BINS),
    )
    before_s = used_s()
    top.run()
    return samples / 1e6 / (used_s() - before_s)

rate(2_000_000)
print(max(rate(20_000_000) for _ in range(3)))
"""


@dataclass(frozen=True, slots=True)
class Peers:
    """Million samples a second of processor time; None where it cannot be measured, and why."""

    limit: float | None  # a plain loop in C++ around FFTW
    rtl_power_fftw: float | None
    gnu_radio: float | None
    missing: str = ""


def measure_peers() -> Peers:
    """Compile and run what can be here: some ten seconds."""
    limit, missing_limit = _compiled("limit", ("-O3", "-march=native", "-ffast-math"))
    kernel, _ = _compiled("rtl_power_fftw", ("-O3",))  # its own CMake file asks for no more
    flowgraph, missing_flowgraph = _flowgraph()
    missing = "; ".join(reason for reason in (missing_limit, missing_flowgraph) if reason)
    return Peers(limit, kernel, flowgraph, missing)


def _compiled(way: str, flags: tuple[str, ...]) -> tuple[float | None, str]:
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return None, "no C++ compiler for FFTW's limit"
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "psd"
        built = _run((compiler, "-std=c++11", *flags, str(SOURCE), "-lfftw3f", "-o", str(program)))
        if built is None:
            return None, "FFTW's limit does not compile (Debian: libfftw3-dev)"
        return _number(_run((str(program), way, "2048"))), ""


def _flowgraph() -> tuple[float | None, str]:
    rate = _number(_run((str(SYSTEM_PYTHON), "-c", FLOWGRAPH))) if SYSTEM_PYTHON.exists() else None
    return rate, "" if rate is not None else "no GNU Radio (Debian: gnuradio)"


def _run(command: tuple[str, ...]) -> str | None:
    """What it prints, or None when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
