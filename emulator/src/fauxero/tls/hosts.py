"""The host names that fauxero may stand in for, and those of this machine."""

from __future__ import annotations

import ipaddress

XERO_HOSTS = ("api.xero.com", "identity.xero.com", "login.xero.com")


def is_xeros(host: str) -> bool:
    """Whether `host`, with or without a port, is one of Xero's own."""
    return host.lower().partition(":")[0] in XERO_HOSTS


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
