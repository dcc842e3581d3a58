"""`unitledger people`: who works for an operator. The way back in for the last administrator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._deciding import one_operator
from unitledger.cli._operators import operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.people.members import MadeLink
    from unitledger.store.people import Membership, Operator, User

ROLES = ("administrator", "bookkeeper", "viewer")
HERE = "http://127.0.0.1:8000"
url_option = click.option(
    "--url", metavar="URL", help="Where people reach the pages, if not where the operator says."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """List, invite, deactivate people, and let them in again.

    Whoever may run this on the machine may do it: nobody signs in. Each act is in the audit log.

    \b
    Exit status: 0 done, 1 it cannot be done and why, 2 wrong use.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a person.")
@operator_option
def list_people(as_json: bool, operator: str | None) -> None:
    """Everybody with role, locations and second step."""
    with installation.connected():
        for each in _memberships(one_operator(operator)):
            told = _told(each)
            click.echo(json.dumps(told) if as_json else _line(told))


@command.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="bookkeeper", show_default=True)
@click.option("--location", "locations", multiple=True, metavar="NAME", help="Only these.")
@url_option
@json_option
@operator_option
def invite(
    email: str,
    role: str,
    locations: Sequence[str],
    url: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Print a link by which one person joins: good once, for seven days."""
    with _acting():
        from unitledger.engine.people import members

        owner = one_operator(operator)
        made = members.invite(
            owner.pk,
            email=email,
            role=role,
            location_ids=_location_ids(owner, locations),
            **_how(),
        )
        _print_link(made, owner, url=url, as_json=as_json)


@command.command()
@click.argument("email")
@json_option
@operator_option
def deactivate(email: str, as_json: bool, operator: str | None) -> None:
    """The login opens nothing of the operator any more, at once."""

    def act(owner: Operator, user: User) -> None:
        from unitledger.engine.people import members

        members.deactivate(owner.pk, user.public_id, by=_by(), now=_now())

    _do(act, email, operator, said="opens nothing of it any more.", as_json=as_json)


@command.command()
@click.argument("email")
@json_option
@operator_option
def reactivate(email: str, as_json: bool, operator: str | None) -> None:
    """Let somebody who was deactivated in again, in the role of before."""

    def act(owner: Operator, user: User) -> None:
        from unitledger.engine.people import members

        members.reactivate(owner.pk, user.public_id, by=_by())

    _do(act, email, operator, said="works for it again.", as_json=as_json)


@command.command()
@click.argument("email")
@url_option
@json_option
@operator_option
def reset(email: str, url: str | None, as_json: bool, operator: str | None) -> None:
    """Print a link by which somebody who forgot it chooses a new password."""
    with _acting():
        from unitledger.engine.people import members

        owner = one_operator(operator)
        user = _member(owner, email)
        made = members.make_reset_link(owner.pk, user.public_id, **_how())
        _print_link(made, owner, url=url, as_json=as_json)


@command.command()
@click.argument("email")
@click.password_option(help="Asked for where it is not given.")
@json_option
def password(email: str, password: str, as_json: bool) -> None:
    """Set a new password, also of somebody who works for several operators."""
    with _acting():
        from unitledger.engine.people.logins import change_password

        user = _login(email)
        change_password(user, password, session=None, address=None, by=_by())
        said = f"{user.username} signs in with the new password; every session has ended."
        click.echo(json.dumps({"email": user.username}) if as_json else said)


@command.command("second-step-off")
@click.argument("email")
@json_option
def second_step_off(email: str, as_json: bool) -> None:
    """Let somebody in who lost phone and recovery codes."""
    with _acting():
        from unitledger.engine.people.two_steps import turn_off

        user = _login(email)
        turn_off(user, by=_by())
        said = f"{user.username} signs in with the password alone."
        click.echo(json.dumps({"email": user.username}) if as_json else said)


@contextmanager
def _acting() -> Iterator[None]:
    """The installation opened; a refusal is one sentence and status 1."""
    with installation.connected():
        from unitledger.engine.people.members import PeopleError
        from unitledger.engine.people.passwords import PasswordRefused

        try:
            yield
        except (PeopleError, PasswordRefused) as refused:
            raise click.ClickException(str(refused)) from refused


def _do(
    act: Callable[[Operator, User], None],
    email: str,
    operator: str | None,
    *,
    said: str,
    as_json: bool,
) -> None:
    with _acting():
        owner = one_operator(operator)
        user = _member(owner, email)
        act(owner, user)
        told = _told(_memberships(owner, user)[0])
        click.echo(json.dumps(told) if as_json else f"{owner.name}: {user.username} {said}")


def _memberships(operator: Operator, user: User | None = None) -> list[Membership]:
    from unitledger.store.people import Membership

    found = Membership.objects.filter(operator=operator).select_related("user").order_by("id")
    return list(found.filter(user=user) if user is not None else found)


def _member(operator: Operator, email: str) -> User:
    user = _login(email)
    if not _memberships(operator, user):
        raise click.UsageError(f"{email} does not work for {operator.name}.")
    return user


def _login(email: str) -> User:
    from unitledger.store.people import User

    user = User.objects.filter(username=email.strip().casefold()).first()
    if user is None:
        raise click.UsageError(f"Nobody signs in as {email}.")
    return user


def _location_ids(operator: Operator, names: Sequence[str]) -> list[int]:
    from unitledger.store.places import Location

    there = dict(Location.objects.filter(operator=operator).values_list("name", "id"))
    unknown = [each for each in names if each not in there]
    if unknown:
        known = ", ".join(sorted(there)) or "none"
        raise click.UsageError(f"There is no location {unknown[0]!r}. There are: {known}.")
    return [there[each] for each in names]


def _how() -> dict[str, Any]:
    from unitledger.wiring import shared_tools

    # Each call of the command is a form of its own.
    return {"key": shared_tools().ids.state_token(), "by": _by(), "ids": shared_tools().ids} | {
        "now": _now()
    }


def _by() -> Any:
    from unitledger.engine.auditing import COMMAND_LINE

    return COMMAND_LINE


def _now() -> Any:
    from unitledger.wiring import shared_tools

    return shared_tools().clock.now()


def _print_link(made: MadeLink, operator: Operator, *, url: str | None, as_json: bool) -> None:
    base = (url or operator.link_base or HERE).rstrip("/")
    told = {
        "email": made.row.email,
        "link": f"{base}/links/{made.token}",
        "expires_at": made.row.expires_at.isoformat(),
    }
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"For {told['email']} only, once, until {made.row.expires_at:%d %B %Y}:")
    click.echo(told["link"])


def _told(membership: Membership) -> dict[str, Any]:
    return {
        "email": membership.user.username,
        "name": membership.user.get_full_name(),
        "role": membership.role,
        "locations": sorted(membership.locations.values_list("name", flat=True)),
        "two_steps": membership.user.has_two_steps,
        "active": membership.deactivated_at is None,
    }


def _line(told: dict[str, Any]) -> str:
    parts = [told["role"], ", ".join(told["locations"]) or "all locations"]
    parts += ["two steps"] if told["two_steps"] else []
    parts += [] if told["active"] else ["deactivated"]
    return f"{told['email']} ({told['name']}): {'; '.join(parts)}"
