"""What was decoded from a 406 MHz beacon: values, any thread."""

from dataclasses import dataclass

from app.domain.geometry import LatLon
from app.domain.radio import BeaconKind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message; ``bits`` as the standard numbers them."""

    bits: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """What an error-correcting code said: ``ok`` is whether its bits can be believed."""

    name: str
    ok: bool
    corrected: int  # bits put right

    @property
    def text(self) -> str:
        if not self.ok:
            return f"{self.name} failed"
        return f"{self.name} ok" if self.corrected == 0 else f"{self.name} corrected {self.corrected} bit(s)"


@dataclass(frozen=True, slots=True)
class Message:
    """The contents of one burst, or of the hexadecimal digits of one.

    ``position`` is None when the beacon gave none, gave one that cannot be, or its bits cannot be believed;
    ``resolution_deg`` is the step in which it is given.
    """

    kind: BeaconKind  # SARSAT1 or SARSAT2
    id_hex: str  # 15 or 23 digits
    country_code: int
    country: str
    protocol: str
    beacon: str  # ELT, EPIRB, PLB ...
    test: bool  # a self-test or a test protocol: nobody is in distress
    fields: tuple[Field, ...]
    position: LatLon | None
    resolution_deg: float
    checks: tuple[Check, ...]  # empty for an identification alone
    message_hex: str  # as corrected, without preamble and synchronisation

    @property
    def corrected_bits(self) -> int:
        return sum(check.corrected for check in self.checks)

    @property
    def ok(self) -> bool:
        """Whether every code's bits can be believed."""
        return all(check.ok for check in self.checks)

    @property
    def verdict(self) -> str:
        """All checks in words."""
        return ", ".join(check.text for check in self.checks) or "identification only"

    @property
    def summary(self) -> str:
        """One line for a list."""
        parts = [self.id_hex, self.country, self.beacon]
        if self.test:
            parts.append("TEST")
        if self.position is not None:
            parts.append(f"{self.position.lat_deg:.5f} {self.position.lon_deg:.5f}")
        return ", ".join([*parts, self.verdict])


@dataclass(frozen=True, slots=True)
class Decoded:
    """A burst that was received and decoded; a fact on the bus, each value one column of its table."""

    time_s: float  # of its start
    target_id: str  # empty when it belongs to no target
    kind: BeaconKind
    frequency_hz: float
    cn0_dbhz: float  # carrier over noise density
    id_hex: str
    country_code: int
    country: str
    protocol: str
    beacon: str
    test: bool
    lat_deg: float | None
    lon_deg: float | None
    resolution_deg: float
    ok: bool  # every code's bits can be believed
    verdict: str
    corrected_bits: int
    message_hex: str
    fields: tuple[Field, ...]

    @property
    def position(self) -> LatLon | None:
        return None if self.lat_deg is None or self.lon_deg is None else LatLon(self.lat_deg, self.lon_deg)


def decoded(message: Message, time_s: float, target_id: str, frequency_hz: float, cn0_dbhz: float) -> Decoded:
    """The fact that ``message`` was received."""
    return Decoded(
        time_s=time_s,
        target_id=target_id,
        kind=message.kind,
        frequency_hz=frequency_hz,
        cn0_dbhz=cn0_dbhz,
        id_hex=message.id_hex,
        country_code=message.country_code,
        country=message.country,
        protocol=message.protocol,
        beacon=message.beacon,
        test=message.test,
        lat_deg=message.position.lat_deg if message.position else None,
        lon_deg=message.position.lon_deg if message.position else None,
        resolution_deg=message.resolution_deg,
        ok=message.ok,
        verdict=message.verdict,
        corrected_bits=message.corrected_bits,
        message_hex=message.message_hex,
        fields=message.fields,
    )
