"""The SQL that keeps one operator's rows to that operator: composite keys and row security.

Migrations call these functions with the names frozen in them. Django cannot say either
thing in a model: its foreign keys have one column, and it knows no policies.
"""

from __future__ import annotations

from collections.abc import Iterable

WEB_ROLE = "unitledger_web"
OPERATOR_SETTING = "unitledger.operator_id"
LOCATIONS_SETTING = "unitledger.location_ids"  # "3,7"; empty or unset: every location


def composite_key(table: str, key: str = "id") -> str:
    """Let (operator_id, key) be pointed at."""
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_of_operator" UNIQUE (operator_id, "{key}");'
    )


def composite_reference(
    table: str, column: str, target: str, *, target_key: str = "id", on_delete: str = "NO ACTION"
) -> str:
    """Let a row point at a row of its own operator only.

    Deferred to the commit, so that rows of one transaction may be written in bulk, in any
    order.
    """
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_same_operator" '
        f'FOREIGN KEY (operator_id, "{column}") REFERENCES "{target}" (operator_id, '
        f'"{target_key}") ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED;'
    )


def web_role() -> str:
    """The role that pages and the API read as. It owns nothing and cannot sign in."""
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WEB_ROLE}') THEN
                CREATE ROLE {WEB_ROLE} NOLOGIN;
            END IF;
            EXECUTE format('GRANT {WEB_ROLE} TO %I', current_user);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;
        GRANT USAGE ON SCHEMA public TO {WEB_ROLE};
    """


def row_security(tables: Iterable[str]) -> str:
    """Show the web role the rows of the operator it was set to, and of nobody while unset."""
    mine = f"operator_id = NULLIF(current_setting('{OPERATOR_SETTING}', true), '')::bigint"
    return "\n".join(
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
        f'CREATE POLICY "{table}_of_operator" ON "{table}" TO {WEB_ROLE} USING ({mine});'
        f'GRANT SELECT ON "{table}" TO {WEB_ROLE};'
        for table in tables
    )


def hidden_security(tables: Iterable[str]) -> str:
    """For tables that no page may read: guarded all the same, should it ever be granted."""
    mine = f"operator_id = NULLIF(current_setting('{OPERATOR_SETTING}', true), '')::bigint"
    return "\n".join(
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
        f'CREATE POLICY "{table}_of_operator" ON "{table}" TO {WEB_ROLE} USING ({mine});'
        for table in tables
    )


def append_only(table: str) -> str:
    """Rows are added and read; nobody changes or deletes one, the owner of the table included.

    Two locks: the privilege is taken away, and a trigger refuses should it be given back.
    """
    return f"""
        REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM PUBLIC, CURRENT_USER;
        CREATE FUNCTION "{table}_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is append-only: what was written stays'
                USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER "{table}_stays" BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION "{table}_is_append_only"();
        CREATE TRIGGER "{table}_stays_whole" BEFORE TRUNCATE ON "{table}"
            FOR EACH STATEMENT EXECUTE FUNCTION "{table}_is_append_only"();
    """


def location_security(table: str, shows: str) -> str:
    """Narrow what the web role sees further, to the locations it was set to.

    `shows` is a condition in which `{locations}` stands for the array of their ids.
    """
    chosen = f"NULLIF(current_setting('{LOCATIONS_SETTING}', true), '')"
    # In a sub-select, so that it is worked out once a query and not once a row.
    locations = f"(SELECT string_to_array({chosen}, ',')::bigint[])::bigint[]"
    return (
        f'CREATE POLICY "{table}_of_locations" ON "{table}" AS RESTRICTIVE TO {WEB_ROLE} '
        f"USING ((SELECT {chosen} IS NULL) OR ({shows.format(locations=locations)}));"
    )
