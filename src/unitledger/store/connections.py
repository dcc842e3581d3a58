"""Apps, consents, connections, organisations, and which location posts where."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, public_id


class ConsentState(StrEnum):
    GRANTED = "granted"
    LOST = "lost"  # expired, revoked or refused: a person must consent again


class ConnectionState(StrEnum):
    ACTIVE = "active"
    HELD = "held"  # a restored or moved database: matched against Xero before the first send
    PAUSED = "paused"
    LOST = "lost"
    DISCONNECTED = "disconnected"


class XeroApp(OwnedByOperator):
    """The operator's own Xero app. The secret is encrypted; the key lies elsewhere."""

    client_id = models.TextField()
    client_secret_sealed = models.BinaryField()
    created_at = created_at()

    class Meta:
        db_table = "xero_app"
        constraints = [
            models.UniqueConstraint(fields=["operator", "client_id"], name="xero_app_once"),
        ]


class Consent(OwnedByOperator):
    """One Xero user's grant to one app: one token pair, reaching one or more organisations.

    Every refresh makes the old refresh token worthless after half an hour, so only one
    process may refresh: it holds the row's lock while it does.
    """

    app = Owned("store.XeroApp")
    app_id: int
    state = models.TextField(default=ConsentState.GRANTED)
    access_token_sealed = models.BinaryField()
    refresh_token_sealed = models.BinaryField()
    access_expires_at = models.DateTimeField()
    refreshed_at = models.DateTimeField()
    scopes = ArrayField(models.TextField())
    granted_at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        constraints = [choices_check("state", ConsentState, "consent_state_known")]


class ConsentRequest(OwnedByOperator):
    """A consent a person has begun: the state we sent along, good for one answer."""

    user = models.ForeignKey("store.User", on_delete=models.CASCADE, related_name="+", null=True)
    user_id: int | None
    app = Owned("store.XeroApp")
    app_id: int
    state_token = models.TextField(unique=True)
    redirect_uri = models.TextField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent_request"


class Organisation(OwnedByOperator):
    """One set of Xero books, with its chart as last read and how far it was swept."""

    public_id = public_id()
    xero_id = models.TextField()
    name = models.TextField()
    chart = models.JSONField(null=True)
    chart_read_at = models.DateTimeField(null=True)
    # Xero's own clock at the last complete sweep of each kind.
    contacts_swept_at = models.DateTimeField(null=True)
    invoices_swept_at = models.DateTimeField(null=True)
    payments_swept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "organisation"
        constraints = [
            models.UniqueConstraint(fields=["operator", "xero_id"], name="organisation_once"),
        ]


class Connection(OwnedByOperator):
    """Our way to one organisation; also where the one run at a time is leased and fenced."""

    public_id = public_id()
    organisation = Owned("store.Organisation")
    organisation_id: int
    consent = Owned("store.Consent")
    consent_id: int
    xero_connection_id = models.TextField()
    state = models.TextField(default=ConnectionState.ACTIVE)
    reason = models.TextField(null=True)
    start_on = models.DateField()  # documents before it are out of scope
    connected_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True)
    paused_state = models.TextField(null=True)  # where a pause goes back to: active or held
    # Until a person has looked at what would be sent, only what somebody asks for by hand goes.
    awaits_go_ahead = models.BooleanField(db_default=False)
    sync_every_minutes = models.SmallIntegerField(db_default=15, null=True)  # none: on events only
    next_run_at = models.DateTimeField(null=True)  # by that schedule
    # Who or what asked for the next run, until it begins.
    asked_trigger = models.TextField(null=True)
    asked_by_name = models.TextField(db_default="")
    # Invariant 8: one run at a time. A holder writes only while its fence is the newest.
    due_at = models.DateTimeField(null=True)
    lease_owner = models.TextField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    class Meta:
        db_table = "connection"
        constraints = [
            choices_check("state", ConnectionState, "connection_state_known"),
            # Two writers into one set of books could each miss what the other just wrote.
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state__in=["active", "held", "paused"]),
                name="connection_one_writer_an_organisation",
            ),
        ]


class LocationRoute(OwnedByOperator):
    """From when a location posts to which organisation: until its next route begins."""

    location = Owned("store.Location")
    location_id: int
    organisation = Owned("store.Organisation")
    organisation_id: int
    valid_from_on = models.DateField()

    class Meta:
        db_table = "location_route"
        constraints = [
            # No record may go to two organisations: on any day one route holds.
            models.UniqueConstraint(
                fields=["location", "valid_from_on"], name="location_route_one_a_day"
            ),
        ]


class MappingVersion(OwnedByOperator):
    """One immutable state of a mapping; a new one touches unsent documents only."""

    organisation = Owned("store.Organisation")
    organisation_id: int
    version = models.IntegerField()
    content = models.JSONField()
    created_at = created_at()
    created_by = models.ForeignKey(
        "store.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_by_id: int | None

    class Meta:
        db_table = "mapping_version"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "version"], name="mapping_version_once"
            ),
        ]


class CallBudget(OwnedByOperator):
    """What is left of Xero's limits for one organisation, shared by every process."""

    organisation = models.OneToOneField(
        "store.Organisation",
        on_delete=models.PROTECT,
        primary_key=True,
        db_constraint=False,
        related_name="budget",
    )
    organisation_id: int
    recent_calls = ArrayField(models.DateTimeField(), default=list)  # of the last minute
    minute_limit = models.IntegerField(default=60)
    day_remaining = models.IntegerField(null=True)  # as Xero last said
    day_said_at = models.DateTimeField(null=True)
    blocked_until_at = models.DateTimeField(null=True)
    blocked_by = models.TextField(null=True)  # minute, day, concurrent, offline
    calls_total = models.BigIntegerField(default=0)
    bytes_total = models.BigIntegerField(default=0)

    class Meta:
        db_table = "call_budget"
