"""What a bookkeeper does in Xero's pages to what stands beside the documents."""

from __future__ import annotations

from collections.abc import Callable

from fauxero.accounting import branding, statement
from fauxero.accounting.quotes import repeating
from fauxero.accounting.resource import Element

SIDE_ACTS: dict[str, Callable[..., Element]] = {
    "add_branding_theme": branding.add_theme,
    "add_payment_service": branding.add_service,
    "add_user": branding.add_user,
    "set_user_role": branding.set_user_role,
    "add_repeating_invoice": repeating.add_repeating_invoice,
    "bill_expense_on": repeating.bill_on,
    "import_statement_lines": statement.import_statement_lines,
    "match_statement_line": statement.match_statement_line,
    "unmatch_statement_line": statement.unmatch_statement_line,
}
