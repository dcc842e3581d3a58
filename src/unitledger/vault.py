"""Secrets at rest: sealed with the installation's key, which lies apart from the database."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken

from unitledger.installation import InstallationError


class WrongKey(InstallationError):
    """A sealed secret does not open: the key is not the one it was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret does not open with this installation's encryption key: "
            "put back the key that it was made with (UNITLEDGER_KEY, or keys/encryption.key "
            "in the installation's folder), or enter the keys again and reconnect to Xero."
        )


class KeyVault:
    """Seals with one key. Text in, opaque bytes out; nothing of it is ever shown."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Raises `WrongKey` where another key sealed it, or where it was tampered with."""
        try:
            # PostgreSQL hands bytea over as a memoryview.
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise WrongKey from error
