"""Rows of many records, made by the database itself, as a report finds them after years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

LOCATIONS, BUILDINGS, UNITS = 20, 3, 40  # buildings a location, units a building
FIRST_DAY, DAYS = "2021-11-01", 5 * 365


@dataclass(frozen=True, slots=True)
class Size:
    """One operator's records: a tenant in 25, the others invoices and payments by halves."""

    records: int

    @property
    def tenants(self) -> int:
        return max(1, self.records // 25)

    @property
    def invoices(self) -> int:
        return (self.records - self.tenants) // 2

    @property
    def payments(self) -> int:
        return self.records - self.tenants - self.invoices


_PLACES = (
    (
        "INSERT INTO organisation (public_id, operator_id, xero_id, name) "
        "VALUES (gen_random_uuid(), %(operator)s, 'org-' || %(operator)s, 'Books')"
    ),
    (
        "INSERT INTO location (public_id, operator_id, name, zone, currency) "
        "SELECT gen_random_uuid(), %(operator)s, 'Site ' || n, 'Europe/London', 'GBP' "
        f"FROM generate_series(1, {LOCATIONS}) n"
    ),
    (
        "INSERT INTO building (public_id, operator_id, location_id, name) "
        "SELECT gen_random_uuid(), %(operator)s, l.id, 'Building ' || n "
        f"FROM location l, generate_series(1, {BUILDINGS}) n WHERE l.operator_id = %(operator)s "
        "ORDER BY l.id, n"
    ),
    (
        "INSERT INTO unit (public_id, operator_id, location_id, building_id, number) "
        "SELECT gen_random_uuid(), %(operator)s, b.location_id, b.id, "
        f"'B' || (b.id %% {LOCATIONS * BUILDINGS}) || '-' || n "
        f"FROM building b, generate_series(1, {UNITS}) n WHERE b.operator_id = %(operator)s"
    ),
)
_RECORDS = """
    INSERT INTO source_record (id, public_id, operator_id, kind, version, content_hash, is_void,
                               changed_at)
    SELECT %(base)s + n, gen_random_uuid(), %(operator)s,
           CASE WHEN n <= %(tenants)s THEN 'tenant'
                WHEN n <= %(tenants)s + %(invoices)s THEN 'invoice' ELSE 'payment' END,
           1, '', false, now()
      FROM generate_series(1, %(records)s) n
"""
_IDENTIFIERS = """
    INSERT INTO record_identifier (operator_id, record_id, source, kind, identifier_type, value)
    SELECT operator_id, id, 'bench', kind, 'number', kind || '-' || id
      FROM source_record WHERE operator_id = %(operator)s
"""
_TENANTS = """
    INSERT INTO tenant (record_id, operator_id, number, name)
    SELECT %(base)s + n, %(operator)s, 'T' || lpad(n::text, 7, '0'),
           (ARRAY['Ada','Ben','Cleo','Dan','Eve','Finn','Grace','Hugo','Iris','Jon','Kit'])
               [1 + n %% 11] || ' ' ||
           (ARRAY['Marsh','Holt','Quill','Dray','Verrick','Larkspur','Fitch','Starling','Rowe',
                  'Oyelaran','Adeyemi','Fennimore','Ostler'])[1 + n %% 13] || ' ' || n
      FROM generate_series(1, %(tenants)s) n
"""
# Nearly everything is synced; what is not is spread over all years.
_STATE = """
    CASE WHEN n %% 1000 < 960 THEN 'synced' WHEN n %% 1000 < 968 THEN 'failed'
         WHEN n %% 1000 < 976 THEN 'needs_attention' WHEN n %% 1000 < 984 THEN 'waiting'
         WHEN n %% 1000 < 988 THEN 'queued' WHEN n %% 1000 < 991 THEN 'drifted'
         WHEN n %% 1000 < 994 THEN 'skipped' ELSE 'out_of_scope' END
"""
_IS_SENT = "(n %% 1000 < 960 OR n %% 1000 BETWEEN 988 AND 990)"
_DOCUMENT = f"""
    INSERT INTO document (
        public_id, operator_id, organisation_id, kind, record_id, part, state, problems,
        wanted_version, planned_version, applied_version, is_wanted, incarnation, xero_id,
        applied_content, last_attempt_at, verified_at, number, dated_on, amount, currency,
        location_id, building_id, unit_number, tenant_record_id)
    SELECT gen_random_uuid(), %(operator)s, %(organisation)s, %(kind)s, %(base)s + %(before)s + n,
           {{part}}, {_STATE},
           CASE WHEN n %% 1000 < 960 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
                'code', 'refused_by_books',
                'facts', jsonb_build_object('messages', 'No such account.'))) END,
           1, 1, CASE WHEN {_IS_SENT} THEN 1 ELSE 0 END, true, 1,
           CASE WHEN {_IS_SENT} THEN gen_random_uuid()::text END,
           -- As long as an invoice of two lines is.
           CASE WHEN {_IS_SENT} THEN jsonb_build_object('kind', %(kind)s, 'lines',
                repeat(md5(n::text), 20)) END,
           now(), now(), {{number}}, {{dated_on}}, {{amount}}, {{currency}}, {{location}},
           {{building}}, {{unit}}, {{tenant}}
      FROM generate_series(1, %(count)s) n
     WHERE {{which}}
"""
_PLACED: Mapping[str, str] = {
    "dated_on": f"DATE '{FIRST_DAY}' + (n::bigint * {DAYS} / %(count)s)::int",
    "amount": "(2000 + n * 37 %% 48000) / 100.0",
    "currency": "'GBP'",
    "location": f"%(location)s + n %% {LOCATIONS}",
    "building": f"%(building)s + (n %% {LOCATIONS}) * {BUILDINGS} + n %% {BUILDINGS}",
    "unit": f"'B' || (n %% {LOCATIONS * BUILDINGS}) || '-' || (1 + n %% {UNITS})",
    "tenant": "%(base)s + 1 + n %% %(tenants)s",
    "which": "true",
}
_CONTACTS = _DOCUMENT.format(
    part="''",
    number="'T' || lpad(n::text, 7, '0')",
    dated_on="NULL",
    amount="NULL",
    currency="NULL",
    location="NULL",
    building="NULL",
    unit="NULL",
    tenant="%(base)s + n",
    which="true",
)
_INVOICES = _DOCUMENT.format(part="''", number="'INV-' || lpad(n::text, 7, '0')", **_PLACED)
_PAYMENTS = _DOCUMENT.format(
    part="(%(base)s + %(tenants)s + n)::text", number="'RC-' || lpad(n::text, 7, '0')", **_PLACED
)
# One payment in twenty settles a second invoice too.
_SECOND_PARTS = _DOCUMENT.format(
    part="(%(base)s + %(tenants)s + n + 1)::text",
    number="'RC-' || lpad(n::text, 7, '0')",
    **{**_PLACED, "which": "n %% 20 = 0"},
)
_INVOICE_ROWS = """
    INSERT INTO invoice (record_id, operator_id, number, tenant_record_id, location_id,
                         issued_on, due_on, currency, prices_include_tax, total)
    SELECT record_id, operator_id, number, tenant_record_id, location_id, dated_on, dated_on,
           currency, true, amount
      FROM document WHERE operator_id = %(operator)s AND kind = 'invoice'
"""
_EFFECTS = """
    INSERT INTO effect (operator_id, organisation_id, document_id, kind, state, brake, priority,
                        source_version, incarnation, handle, payload, batch_size, batch_max,
                        absences, unknowns, messages)
    SELECT operator_id, organisation_id, id, 'create_' || kind, 'applied', 'free', 0, 1, 1, number,
           '{}', 50, 50, 0, 0, '[]'
      FROM document WHERE operator_id = %(operator)s AND state = 'synced'
"""
_FIND = """
    SELECT (SELECT id FROM organisation WHERE operator_id = %(operator)s),
           (SELECT min(id) FROM location WHERE operator_id = %(operator)s),
           (SELECT min(id) FROM building WHERE operator_id = %(operator)s),
           (SELECT COALESCE(max(id), 0) FROM source_record)
"""
_GO_ON = "SELECT setval(pg_get_serial_sequence('source_record', 'id'), max(id)) FROM source_record"


def without_keys() -> None:
    """Drop what checks each row's keys: reading asks nothing of it, and filling takes hours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DO $$ DECLARE each record; BEGIN
                FOR each IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
                             WHERE contype = 'f' AND connamespace = 'public'::regnamespace
                LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.place, each.conname);
                END LOOP;
            END $$
            """
        )


def fill(name: str, size: Size) -> int:
    """One operator with so many records; its id."""
    from unitledger.store.models import Operator

    with transaction.atomic(), connection.cursor() as cursor:
        operator = Operator.objects.create(name=name, handle_key=name).pk
        for statement in _PLACES:
            cursor.execute(statement, {"operator": operator})
        cursor.execute(_FIND, {"operator": operator})
        organisation, location, building, base = cursor.fetchone() or (0, 0, 0, 0)
        known = {
            "operator": operator,
            "organisation": organisation,
            "location": location,
            "building": building,
            "base": base,
            "records": size.records,
            "tenants": size.tenants,
            "invoices": size.invoices,
        }
        for statement in (_RECORDS, _IDENTIFIERS, _TENANTS):
            cursor.execute(statement, known)
        before_payments = size.tenants + size.invoices
        for statement, kind, before, count in (
            (_CONTACTS, "contact", 0, size.tenants),
            (_INVOICES, "invoice", size.tenants, size.invoices),
            (_PAYMENTS, "payment", before_payments, size.payments),
            (_SECOND_PARTS, "payment", before_payments, size.payments),
        ):
            cursor.execute(statement, {**known, "kind": kind, "before": before, "count": count})
        for statement in (_INVOICE_ROWS, _EFFECTS, _GO_ON):
            cursor.execute(statement, known)
    return operator
