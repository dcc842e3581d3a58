"""The Xero adapter: values in, values out. Knows httpx2 and Xero's wire, and no Django."""

from unitledger.books.xero.books import XERO_API_URL, XeroBooks
from unitledger.books.xero.identity import (
    SCOPES,
    XERO_API_ROOT,
    XERO_IDENTITY_URL,
    XERO_LOGIN_URL,
    XeroIdentity,
)

__all__ = [
    "SCOPES",
    "XERO_API_ROOT",
    "XERO_API_URL",
    "XERO_IDENTITY_URL",
    "XERO_LOGIN_URL",
    "XeroBooks",
    "XeroIdentity",
]
