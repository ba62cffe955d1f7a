"""Named receivers, each with its settings, antenna and calibration: kept, used, measured; any thread."""

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from app.domain.calibration import LARGEST_DB
from app.domain.radio import RadioState
from app.errors import AppError, OutOfRange
from app.exchange.profiles import profile_names, read_profile, remove_profile, write_profile
from app.services.radio import RadioService
from app.settings import ReceiverProfile
from app.workers.receiver import ReceiverWorker

LONGEST_ANTENNA = 80


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile by its name; ``problem`` says why its file cannot be used."""

    name: str
    profile: ReceiverProfile | None
    problem: str = ""


class ProfileService:
    """Every method raises ``OutOfRange`` for what cannot be a name and ``StoreError`` when the disk says no."""

    def __init__(self, worker: ReceiverWorker, folder: Path) -> None:
        self._worker, self._folder = worker, folder

    def profiles(self) -> tuple[KeptProfile, ...]:
        """All there are, by name."""
        return tuple(self._kept(name) for name in profile_names(self._folder))

    def save(self, name: str, actor: str, antenna: str | None = None) -> "Future[RadioState]":
        """Keep the receiver as it is set up now; ``antenna``, in words, instead of the one that is known."""
        del actor
        if antenna is not None and len(antenna) > LONGEST_ANTENNA:
            raise OutOfRange(f"The antenna takes more than {LONGEST_ANTENNA} letters to describe: say it shorter.")

        def keep() -> RadioState:
            profile = self._worker.profile(antenna)
            write_profile(self._folder, name, profile)
            return self._worker.name_profile(name, profile.antenna)

        return self._worker.ask(keep)

    def use(self, name: str, actor: str) -> "Future[RadioState]":
        """Leave the receiver in use and open that of the profile. Raises ``NotFound``, ``SettingsError``.

        The future raises as ``RadioService.connect``; the worker then goes on trying by itself.
        """
        del actor
        profile = read_profile(self._folder, name)
        return self._worker.ask(lambda: self._worker.use(name, profile))

    def remove(self, name: str, actor: str) -> tuple[KeptProfile, ...]:
        """Delete one; what is in use stays in use. Raises ``NotFound``."""
        del actor
        remove_profile(self._folder, name)
        return self.profiles()

    def calibrate(self, level_dbm: float, frequency_hz: float, actor: str) -> "Future[RadioState]":
        """A tone of this level comes in at the antenna's socket now: measure it; kept in the profile in use.

        Raises ``OutOfRange``; the future too, for no clear tone, ``Conflict`` for an overload or AGC, ``NotConnected``.
        """
        del actor
        if not abs(level_dbm) <= LARGEST_DB / 2.0:
            raise OutOfRange(f"A tone of {level_dbm:g} dBm cannot be.")
        if not RadioService.LOWEST_HZ <= frequency_hz <= RadioService.HIGHEST_HZ:
            raise OutOfRange(f"{frequency_hz / 1e6:.3f} MHz is outside {RadioService.LOWEST_HZ / 1e6:g} ... 6000 MHz")

        def measure() -> RadioState:
            state = self._worker.calibrate(level_dbm, frequency_hz)
            if state.profile:
                write_profile(self._folder, state.profile, self._worker.profile())
            return state

        return self._worker.ask(measure)

    def _kept(self, name: str) -> KeptProfile:
        try:
            return KeptProfile(name, read_profile(self._folder, name))
        except AppError as error:
            return KeptProfile(name, None, str(error))
