"""What an app may register as its redirect address. Xero: documented, as of 2026."""

from __future__ import annotations

from urllib.parse import urlsplit


def problem_with(address: str) -> str | None:
    """Return why Xero's portal would not take a redirect address, or None when it would."""
    parts = urlsplit(address)
    if parts.fragment or "*" in address:
        return f"{address!r} may hold no fragment and no wildcard"
    if parts.scheme == "https" and parts.hostname:
        return None
    # Any port will do for localhost, but the number 127.0.0.1 is refused.
    if parts.scheme == "http" and parts.hostname == "localhost":
        return None
    return f"{address!r} must begin with https:// or http://localhost"
