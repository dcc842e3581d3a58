"""The rules of reconciliation, one a file, in the order a bookkeeper wants to read them."""

from __future__ import annotations

from collections.abc import Sequence

from unitledger.engine.reconcile.rules.account_differs import AccountDiffers
from unitledger.engine.reconcile.rules.amount_differs import AmountDiffers
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.rules.contact_differs import ContactDiffers
from unitledger.engine.reconcile.rules.credited_in_books import CreditedInBooks
from unitledger.engine.reconcile.rules.date_differs import DateDiffers
from unitledger.engine.reconcile.rules.dated_in_locked_period import DatedInLockedPeriod
from unitledger.engine.reconcile.rules.draft_in_books import DraftInBooks
from unitledger.engine.reconcile.rules.duplicate_in_books import DuplicateInBooks
from unitledger.engine.reconcile.rules.invoice_differs import InvoiceDiffers
from unitledger.engine.reconcile.rules.link_differs import LinkDiffers
from unitledger.engine.reconcile.rules.missing_in_books import MissingInBooks
from unitledger.engine.reconcile.rules.paid_here_owed_there import PaidHereOwedThere
from unitledger.engine.reconcile.rules.refused import Refused
from unitledger.engine.reconcile.rules.still_in_books import StillInBooks
from unitledger.engine.reconcile.rules.tax_differs import TaxDiffers
from unitledger.engine.reconcile.rules.tracking_differs import TrackingDiffers
from unitledger.engine.reconcile.rules.voided_in_books import VoidedInBooks
from unitledger.engine.reconcile.rules.waiting_here import WaitingHere

PAIR_RULES: Sequence[PairRule] = (
    MissingInBooks(),
    PaidHereOwedThere(),
    VoidedInBooks(),
    DraftInBooks(),
    StillInBooks(),
    DuplicateInBooks(),
    AmountDiffers(),
    CreditedInBooks(),
    AccountDiffers(),
    TaxDiffers(),
    TrackingDiffers(),
    DateDiffers(),
    ContactDiffers(),
    InvoiceDiffers(),
    LinkDiffers(),
    DatedInLockedPeriod(),
    Refused(),
    WaitingHere(),
)
