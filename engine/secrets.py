"""Seals what must not lie readable in the database: AES-256-GCM under a key made of DZVIN_SECRET_KEY."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import CannotDo

NONCE_BYTES = 12
PREFIX = "v1."


class Sealer:
    """`about` names the place of the secret (`account:1:lirax_token`); a sealed text opens only there."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"dzvin:seal:" + secret_key.encode()).digest())

    def seal(self, text: str, *, about: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        body = self._cipher.encrypt(nonce, text.encode(), about.encode())
        return PREFIX + base64.urlsafe_b64encode(nonce + body).decode()

    def open(self, sealed: str, *, about: str) -> str:
        """The text; raises CannotDo when it was sealed under another key or for another place."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(PREFIX))
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotDo(
                f"a stored secret ({about}) cannot be opened: DZVIN_SECRET_KEY has changed"
            ) from error


def keyed_hash(secret_key: str) -> Callable[[str], str]:
    """Texts that must only be known again, such as the numbers of erased people: HMAC-SHA-256, in hex.

    Who has the database but not DZVIN_SECRET_KEY cannot try numbers until one fits.
    """
    key = hashlib.sha256(b"dzvin:erased:" + secret_key.encode()).digest()
    return lambda text: hmac.digest(key, text.encode(), "sha256").hex()
