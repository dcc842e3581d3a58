"""The addresses of signing in, people, keys and the audit log."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import (
    account,
    api_keys,
    audit_log,
    first_run,
    operators,
    people,
    person_links,
    sign_in,
)

PEOPLE = "settings/people"
KEYS = "settings/api-keys"
LOG = "settings/audit-log"
TWO_STEPS = "account/second-step"

urlpatterns = [
    path("set-up", first_run.set_up, name="set-up"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/second-step", sign_in.second_step, name="second-step"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("links/<str:token>", person_links.person_link, name="person-link"),
    path("account", account.account, name="account"),
    path("account/name", account.rename, name="account-name"),
    path("account/password", account.change_password, name="account-password"),
    path("account/theme", account.theme, name="theme"),
    path("account/sessions/end", account.end_other_sessions, name="sessions-end"),
    path("account/sessions/<uuid:public_id>/end", account.end_session, name="session-end"),
    path(TWO_STEPS, account.second_step, name="two-steps"),
    path(f"{TWO_STEPS}/qr.svg", account.qr_code, name="two-steps-qr"),
    path(f"{TWO_STEPS}/confirm", account.confirm_second_step, name="two-steps-confirm"),
    path(f"{TWO_STEPS}/off", account.turn_off_second_step, name="two-steps-off"),
    path(f"{TWO_STEPS}/codes", account.renew_codes, name="two-steps-codes"),
    path("operators", operators.operators, name="operators"),
    path("operators/switch", operators.switch, name="operators-switch"),
    path(PEOPLE, people.people, name="people"),
    path(f"{PEOPLE}/invite", people.invite, name="people-invite"),
    path(f"{PEOPLE}/second-step", people.require_two_steps, name="people-two-steps"),
    path(f"{PEOPLE}/links/<uuid:public_id>/withdraw", people.withdraw, name="person-link-withdraw"),
    path(f"{PEOPLE}/<uuid:public_id>", people.one_person, name="person"),
    path(f"{PEOPLE}/<uuid:public_id>/deactivate", people.deactivate, name="person-deactivate"),
    path(f"{PEOPLE}/<uuid:public_id>/reactivate", people.reactivate, name="person-reactivate"),
    path(f"{PEOPLE}/<uuid:public_id>/reset", people.reset_password, name="person-reset"),
    path(
        f"{PEOPLE}/<uuid:public_id>/second-step-off",
        people.reset_two_steps,
        name="person-two-steps-reset",
    ),
    path(KEYS, api_keys.api_keys, name="api-keys"),
    path(f"{KEYS}/make", api_keys.make, name="api-key-make"),
    path(f"{KEYS}/<uuid:public_id>/revoke", api_keys.revoke, name="api-key-revoke"),
    path(LOG, audit_log.audit_log, name="audit-log"),
    path(f"{LOG}.csv", audit_log.export_csv, name="audit-log-csv"),
]
