"""The names by which we find our own documents again in the books.

They derive from the operator, the source's key and the incarnation (a payment deleted and
made again is another incarnation), never from our row ids: a database restored from a
backup must come to the same names.
"""

from __future__ import annotations

import hashlib

from unitledger.core.billing import RecordKey

# Without i, l, o, u: read aloud over a telephone they are mistaken for others.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# Two payments of one organisation must never share a token, for it is what a lost payment is
# found by: fifty bits keep the odds below 1 in 2,000 for a million payments.
_TOKEN_LENGTH = 10
# Xero does not state a limit for payment references; 255 is the limit of its other ones.
REFERENCE_MAX = 255
CONTACT_NUMBER_MAX = 50


def token(*, operator: str, key: RecordKey, part: str, incarnation: int) -> str:
    """What tells this write from every other of the operator's: `k7f3q2m8xw`."""
    text = "\x1f".join((operator, _key_text(key), part, str(incarnation)))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    characters = []
    for _ in range(_TOKEN_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return "".join(characters)


def contact_number(*, prefix: str, key: RecordKey) -> str:
    """The contact's external key: the prefix, the tenant's number at its source, a mark.

    The mark tells equal numbers of two sources, or of two kinds of number, apart: an operator
    who changed storage software has two tenants number 7. A number too long for Xero's field
    keeps its beginning, for people, and has a longer mark.
    """
    mark = hashlib.sha256(_key_text(key).encode()).hexdigest()
    plain = f"{prefix}{key.value}-{mark[:4]}"
    if len(plain) <= CONTACT_NUMBER_MAX:
        return plain
    return f"{plain[: CONTACT_NUMBER_MAX - 13]}-{mark[:12]}"


def payment_reference(*, text: str, token: str) -> str:
    """What people read on the payment, the token at its end: `R20931 B114 Ada Marsh · k7f3`."""
    room = REFERENCE_MAX - len(token) - 3
    return f"{text[:room].rstrip()} · {token}"


def token_of(reference: str | None) -> str | None:
    """The token at the end of a payment's reference, or None where there is none."""
    if not reference or " · " not in reference:
        return None
    candidate = reference.rsplit(" · ", 1)[1].strip()
    is_token = len(candidate) == _TOKEN_LENGTH and set(candidate) <= set(_ALPHABET)
    return candidate if is_token else None


def link_token(*, operator: str, key: RecordKey) -> str:
    """What stands in the link from the books back to our record, and proves it is ours."""
    text = "\x1f".join((operator, _key_text(key)))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _key_text(key: RecordKey) -> str:
    return "\x1f".join((key.source, key.kind, key.identifier_type, key.value))
