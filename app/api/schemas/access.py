"""Accounts, sessions, keys, control and the audit trail on the wire."""

from pydantic import Field, SecretStr, model_validator

from app.api.schemas.base import Wire
from app.domain.access import LONGEST_PASSWORD, Role


class SignInIn(Wire):
    """One of: name and password, the station's token, or the code of a pairing."""

    name: str = Field("", max_length=64, examples=["ann"])
    password: SecretStr = Field(SecretStr(""), max_length=LONGEST_PASSWORD)
    token: SecretStr = Field(SecretStr(""), max_length=200, description="The station's token")
    code: SecretStr = Field(SecretStr(""), max_length=40, description="Of a pairing, 12 letters and digits")

    @model_validator(mode="after")
    def _one_way(self) -> "SignInIn":
        ways = [bool(self.name), bool(self.token.get_secret_value()), bool(self.code.get_secret_value())]
        if sum(ways) != 1:
            raise ValueError("give name and password, or token, or code")
        return self


class RefreshIn(Wire):
    refresh_token: SecretStr = Field(SecretStr(""), max_length=200, description="Empty: the browser's cookie")


class MeOut(Wire):
    """Who asks."""

    actor: str = Field(description="As commands and transitions name you", examples=["ann"])
    role: Role
    session: str = Field(description="Empty: the station's token, or a key", examples=["9f2c51d07a3be846"])


class TokensOut(MeOut):
    """Good for ``expires_s``; then the refresh token gives new ones, once."""

    access_token: str = Field(examples=["bT5…"])
    token_type: str = Field(examples=["Bearer"])
    expires_s: float = Field(description="How long the access token is good for, s", examples=[900.0])
    refresh_token: str = Field(examples=["x9Q…"])


class AccountOut(Wire):
    name: str = Field(examples=["ann"])
    role: Role
    created_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])


class AccountIn(Wire):
    name: str = Field(min_length=1, max_length=64, examples=["ann"])
    role: Role = Role.OPERATOR
    password: SecretStr = Field(max_length=LONGEST_PASSWORD, description="10 characters or more")


class RoleIn(Wire):
    role: Role


class PasswordIn(Wire):
    password: SecretStr = Field(max_length=LONGEST_PASSWORD, description="10 characters or more")


class OwnPasswordIn(Wire):
    old: SecretStr = Field(max_length=LONGEST_PASSWORD)
    new: SecretStr = Field(max_length=LONGEST_PASSWORD, description="10 characters or more")


class ApiKeyOut(Wire):
    id: str = Field(examples=["5e1f09ab"])
    name: str = Field(examples=["plotter"])
    role: Role
    created_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    until_s: float | None = Field(description="UTC, s since 1970; null: until it is revoked", examples=[None])


class ApiKeyIn(Wire):
    name: str = Field(min_length=1, max_length=64, examples=["plotter"])
    role: Role = Role.VIEWER
    days: float | None = Field(None, gt=0.0, le=3650.0, description="null: until it is revoked")


class NewApiKeyOut(ApiKeyOut):
    secret: str = Field(description="Told this once: Authorization: Bearer SECRET", examples=["kak_…"])


class SessionOut(Wire):
    id: str = Field(examples=["9f2c51d07a3be846"])
    actor: str = Field(examples=["ann"])
    role: Role
    created_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    until_s: float = Field(description="When it ends at the latest, UTC, s since 1970", examples=[1760600000.0])
    address: str = Field(examples=["192.168.1.31"])
    agent: str = Field(description="The browser, as it calls itself", examples=["curl/8.5.0"])


class PairIn(Wire):
    role: Role = Field(Role.VIEWER, description="At most your own")


class PairOut(Wire):
    code: str = Field(examples=["K7MDW2QXA9FT"])
    role: Role
    until_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    url: str = Field(description="Opens the page signed in", examples=["https://192.168.1.20:8137/#pair=K7MDW2QXA9FT"])
    qr_svg: str = Field(description="The same as a picture for a phone's camera, SVG", examples=["<svg/>"])


class ControlOut(Wire):
    """Who may command the vehicle; nobody's is free for the first that commands."""

    holder: str = Field(description="Empty: nobody", examples=["ann"])
    until_s: float = Field(description="Without another command or renewal, UTC, s since 1970", examples=[1760000060.0])
    asked_by: str = Field(description="Who would like to have it; empty: nobody", examples=["ben"])
    how: str = Field(description="How the holder came to it", examples=["took over from ben"])


class AuditOut(Wire):
    id: int
    time_s: float = Field(description="UTC, s since 1970", examples=[1760000000.0])
    actor: str = Field(description="Empty: nobody known")
    role: str
    address: str
    what: str = Field(examples=["POST /api/v1/vehicle/arm"])
    status: int = Field(description="Of the answer", examples=[200])
    correlation_id: str
    detail: str
