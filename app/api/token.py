"""The station's secret: a random token in a file only its owner can read; any thread."""

import hmac
import os
import re
import secrets
from pathlib import Path

from app.errors import StoreError
from app.exchange.secretfile import OWNER_ONLY

FILE_NAME = "api-token"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def station_token(folder: Path) -> str:
    """The token kept in ``folder``, made on first use.

    Raises ``StoreError`` when it can be neither read nor written.
    """
    file = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file.exists():
            file.chmod(OWNER_ONLY)
            token = file.read_text(encoding="utf-8", errors="replace").strip()
            if _SHAPE.fullmatch(token):
                return token
            file.unlink()  # cut short by a full disk, or edited: a new one is safe, a short one is not
        token = secrets.token_urlsafe(32)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as out:
            out.write(token + "\n")
    except OSError as error:
        raise StoreError(
            f"The API's token {file} cannot be kept: {error.strerror}. Free or open that folder."
        ) from error
    return token


class Keys:
    """The station's token, and the names of the cookies that its pages are let in by."""

    def __init__(self, token: str, port: int) -> None:
        self.token = token
        self.access_cookie = f"kestrel_{port}"  # browsers share cookies between the ports of a host
        self.refresh_cookie = f"kestrel_refresh_{port}"
        self.csrf_cookie = f"kestrel_csrf_{port}"  # the page reads this one

    def is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), self.token.encode())
