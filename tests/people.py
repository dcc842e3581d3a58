"""People for the tests of pages: a login, a membership, a browser."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.test import Client

PASSWORD = "a storage door at dusk"
HOST = {"HTTP_HOST": "localhost"}


def login_of(name: str):
    from unitledger.store.models import User

    email = name if "@" in name else f"{name}@example.com"
    found = User.objects.filter(username=email).first()
    return found or User.objects.create(
        username=email,
        email=email,
        first_name=name.split("@")[0].capitalize(),
        password=make_password(PASSWORD),
    )


def works_for(
    name: str, operator_id: int, role: str = "administrator", *, locations: Sequence[int] = ()
):
    """The login, with a membership."""
    from unitledger.store.models import Membership

    user = login_of(name)
    made = Membership.objects.create(operator_id=operator_id, user=user, role=role)
    made.locations.set(locations)
    return user


def browser() -> Client:
    return Client(**HOST)


def signed_in(user) -> Client:
    """A browser in which the person has signed in already."""
    client = browser()
    client.force_login(user)
    return client


def signs_in(client: Client, name: str, password: str = PASSWORD, way: str = "/"):
    email = name if "@" in name else f"{name}@example.com"
    return client.post("/sign-in", {"email": email, "password": password, "next": way})
