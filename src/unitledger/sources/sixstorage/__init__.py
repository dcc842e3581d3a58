"""6Storage's webhooks: how they are signed, and how a profile reads their messages."""

from unitledger.sources.sixstorage.messages import MessageUnreadable, read_message
from unitledger.sources.sixstorage.profile import HookProfile, example_profile, parse_profile
from unitledger.sources.sixstorage.signature import HEADER, is_signed, sign

__all__ = [
    "HEADER",
    "HookProfile",
    "MessageUnreadable",
    "example_profile",
    "is_signed",
    "parse_profile",
    "read_message",
    "sign",
]
