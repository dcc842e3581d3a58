"""The fictional business: its places, prices and people. Nobody and nothing here exists."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from unitledger.core.billing import Place, RecordKey, RecordKind, Tenant

OPERATOR_NAME = "Larkspur Self Storage (fictional)"
SOURCE = "demo"
ZONE = "Europe/London"
CURRENCY = "GBP"
UNITS_A_BUILDING = 24
SHARE_OF_FIRMS = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    rent: Decimal  # a month, 20 % tax included
    share: int  # how common it is, against the others


@dataclass(frozen=True, slots=True)
class Site:
    location: str
    buildings: tuple[str, ...]
    share: int
    surcharge: Decimal  # on every rent: a better address costs more


SITES = (
    Site("Ashford", ("A", "B"), 5, Decimal("0.00")),
    Site("Brookvale", ("C",), 3, Decimal("9.00")),
    Site("Castleton", ("D", "E"), 4, Decimal("4.50")),
)
SIZES = (
    Size("Locker", Decimal("34.80"), 3),
    Size("25 sq ft", Decimal("72.00"), 5),
    Size("50 sq ft", Decimal("118.80"), 5),
    Size("100 sq ft", Decimal("199.20"), 3),
    Size("Drive-up 150 sq ft", Decimal("286.75"), 2),
)

_FIRST = (
    "Amara", "Bertil", "Carys", "Dariusz", "Edith", "Farouk", "Gwen", "Hamish", "Ines", "Jomo",
    "Keiko", "Lorcan", "Mabel", "Nikhil", "Odette", "Piotr", "Quentin", "Rosalind", "Sinead",
    "Tobias", "Ursula", "Viktor", "Wilhelmina", "Xanthe", "Yusuf", "Zelda",
)  # fmt: skip
_LAST = (
    "Abernethy", "Blackwood", "Castellan", "Dunmore", "Eastwick", "Fairweather", "Greengage",
    "Hollowell", "Inkpen", "Jessop", "Kettleby", "Larkin", "Merriweather", "Nightingale", "Ockham",
    "Pennyfeather", "Quillfeather", "Ravensworth", "Silverthorne", "Thistlewood", "Underhill",
    "Vane", "Winterbourne", "Yarrow",
)  # fmt: skip
_TRADES = ("Joinery", "Archive", "Events", "Books", "Catering", "Antiques", "Cycles", "Flooring")


def tenant_number(number: int) -> str:
    return f"T{1000 + number}"


def make_tenants(count: int, *, luck: Random) -> list[Tenant]:
    """People and firms. Two of them share a name, as happens in every ledger."""
    pairs = [(first, last) for first in _FIRST for last in _LAST]
    luck.shuffle(pairs)
    tenants = [_tenant(number, *pairs[number], luck=luck) for number in range(count)]
    tenants[-1] = _namesake(tenants[-1], of=tenants[0])
    return tenants


def make_places(count: int, *, luck: Random) -> list[tuple[Place, Size]]:
    """Different units; each with its size."""
    free = [
        (site, building, number)
        for site in SITES
        for building in site.buildings
        for number in range(1, UNITS_A_BUILDING + 1)
    ]
    luck.shuffle(free)
    if count > len(free):
        raise ValueError(f"{count} leases do not fit into {len(free)} units")
    places: list[tuple[Place, Size]] = []
    for site, building, number in free[:count]:
        size = luck.choices(SIZES, weights=[each.share for each in SIZES])[0]
        place = Place(
            location=site.location,
            building=building,
            unit=f"{building}{number:02d}",
            unit_type=size.name,
        )
        rent = Size(size.name, size.rent + site.surcharge, size.share)
        places.append((place, rent))
    return places


def _tenant(number: int, first: str, last: str, *, luck: Random) -> Tenant:
    is_firm = luck.random() < SHARE_OF_FIRMS
    name = f"{last} {luck.choice(_TRADES)} Ltd" if is_firm else f"{first} {last}"
    label = tenant_number(number)
    return Tenant(
        key=RecordKey(SOURCE, RecordKind.TENANT, "number", label),
        name=name,
        number=label,
        email=f"{first}.{last}@mail.example".lower(),
        # Ofcom keeps 01632 960000 to 960999 for fiction.
        phone=f"01632 960{luck.randrange(1000):03d}",
    )


def _namesake(tenant: Tenant, *, of: Tenant) -> Tenant:
    return Tenant(
        key=tenant.key, name=of.name, number=tenant.number, email=tenant.email, phone=tenant.phone
    )
