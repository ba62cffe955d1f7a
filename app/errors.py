"""Errors a person can act on; raised in any thread, shown by the window, answered as problem+json by the API."""

from collections.abc import Sequence


class AppError(Exception):
    """What the operator can act on: ``str(error)`` says what happened and what to do.

    Anything raised in Kestrel that is not an ``AppError`` is a bug and is logged whole.
    """

    status = 400
    title = "The request cannot be carried out"


class OutOfRange(AppError):
    """A value outside the limits the device or the rule allows."""

    status = 422
    title = "Value out of range"


class NotFound(AppError):
    """Something named that is not there (any more)."""

    status = 404
    title = "Not found"


class Conflict(AppError):
    """The request does not fit the present state, for example starting what already runs."""

    status = 409
    title = "Not possible in the present state"


class Refused(Conflict):
    """A motion command the safety gate did not let through.

    ``reasons`` are the texts of every rule that stood against it, in the order of the gate's list.
    """

    title = "Refused by the safety gate"

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(self.reasons))


class NotConnected(AppError):
    """The device needed for the request is not there: no radio, no vehicle, no answer."""

    status = 503
    title = "Not connected"


class DeviceError(AppError):
    """A device said no, or said nothing in time."""

    status = 503
    title = "Device error"


class VehicleRefused(AppError):
    """The vehicle answered a command with its own refusal; the text holds the vehicle's words."""

    status = 409
    title = "The vehicle refused"


class BadFile(AppError):
    """A file that is not what its name says; the text names the file, the place and the mend."""

    status = 422
    title = "File cannot be read"


class BadMessage(AppError):
    """Digits that are no 406 MHz message; the text says what they would have to be."""

    status = 422
    title = "No message"


class SettingsError(AppError):
    """The settings file cannot be used; the text names the file and the field."""

    status = 422
    title = "Settings cannot be used"


class StoreError(AppError):
    """The project store cannot be opened or written: damaged, read-only, disk full or locked."""

    status = 503
    title = "Store error"


class Denied(AppError):
    """No or wrong credentials, or a role that may not do this."""

    status = 401
    title = "Not allowed"


class Forbidden(AppError):
    """Somebody known, whose role may not do this."""

    status = 403
    title = "Your role may not do this"


class TooMany(AppError):
    """Too many failed tries to get in; ``wait_s`` is how long the next one has to wait."""

    status = 429
    title = "Too many tries"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"Too many tries went wrong: wait {wait_s:.0f} s before the next.")
