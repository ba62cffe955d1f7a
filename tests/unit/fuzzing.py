"""Runs one of the Atheris fuzzers for a while."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# By way of a small process: Linux counts the peak of the one that starts another as the other's own (ru_maxrss).
SMALL = [sys.executable, "-c", "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"]

needs_atheris = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris does not install here")


def fuzz(script: Path, folder: Path, seeds: Sequence[bytes], runs: int, longest: int, limit_mb: int = 800) -> None:
    """Fail with the fuzzer's last words when it finds something, or takes more memory than ``limit_mb``."""
    corpus = folder / "seeds"
    corpus.mkdir()
    for number, content in enumerate(seeds):
        (corpus / str(number)).write_bytes(content)
    options = [f"-runs={runs}", "-seed=1", f"-rss_limit_mb={limit_mb}", f"-max_len={longest}", "-len_control=0"]
    done = subprocess.run(
        [*SMALL, sys.executable, str(script), *options, f"-artifact_prefix={folder}/", str(corpus)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
