"""What is asked before the first write, in words: one place for the page and the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from unitledger.core.documents import DocumentKind
from unitledger.store.going_live import Topic

KINDS = {
    DocumentKind.CONTACT: "Tenants",
    DocumentKind.INVOICE: "Invoices",
    DocumentKind.PAYMENT: "Payments",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic as people read it. `says` takes the evidence's count."""

    title: str
    one: str
    many: str
    why: str
    columns: Sequence[str]
    suggests: str  # what an answer might say


_WORDS: Mapping[Topic, Asked] = {
    Topic.CREDITS: Asked(
        "Credit notes",
        "There is 1 credit note for a customer, dated from the start date on.",
        "There are {count:,} credit notes for customers, dated from the start date on.",
        "Credits are not sent by unitledger yet. Where one of these settles an invoice that comes "
        "over from your storage software, check that nothing is credited on both sides.",
        ("Number", "Contact", "Date", "Total"),
        "Checked with the accountant; they belong to invoices we link.",
    ),
    Topic.REPEATING: Asked(
        "Repeating invoices",
        "1 repeating invoice bills a customer by itself.",
        "{count:,} repeating invoices bill customers by themselves.",
        "Whoever is billed by your storage software too is billed twice in Xero. End these in Xero "
        "(Invoices, Repeating), or say why they stay.",
        ("Contact", "Reference", "Every", "Next", "Total"),
        "Ended in Xero; the last ones run for parking, which is not in our software.",
    ),
    Topic.OTHERS: Asked(
        "Invoices of others",
        "1 sales invoice since the start date is like none of yours.",
        "{count:,} sales invoices since the start date are like none of yours.",
        "Somebody or another app made them. Xero does not tell which; the site that an invoice "
        "links to often does. If another integration still runs, switch it off before the first "
        "sync: two that write to one organisation book twice.",
        ("Link leads to", "Invoices", "Total", "First", "Last", "For example"),
        "The old integration was switched off; these stay as they are.",
    ),
    Topic.TURNOVER: Asked(
        "Turnover already booked",
        "A mapped account took money in 1 period already.",
        "Mapped accounts took money in {count:,} account months already.",
        "This is what stands on the accounts that your mapping posts to, by month, with the "
        "records you link. If income was booked in sums, by hand or from a bank feed, our "
        "invoices for the same months come on top: take those sums back, or move the start date.",
        ("Account", "From", "To", "Credit less debit"),
        "January was booked by journal; the start date is now 1 February.",
    ),
    Topic.REMINDERS: Asked(
        "Invoice reminders",
        "Xero reminds customers of overdue invoices.",
        "Xero reminds customers of overdue invoices.",
        "We send no e-mail address unless you choose so; a contact that you link may carry one, "
        "and Xero would then chase tenants for invoices of ours. Switch reminders off in Xero "
        "(Invoices, Invoice reminders), or say why they stay.",
        ("Invoice reminders",),
        "Switched off for all tenants.",
    ),
    Topic.PAYMENT_LINKS: Asked(
        "Payment links",
        "1 branding theme has a payment service: its invoices can be paid online.",
        "{count:,} branding themes have a payment service: their invoices can be paid online.",
        "A tenant who pays there pays past your storage software, which then asks again. We send "
        "no invoice to anybody; take the service off the theme that is used by default, or say "
        "why it stays.",
        ("Theme", "Payment services"),
        "Tenants never get these invoices; the service is for the café.",
    ),
    Topic.NUMBERS: Asked(
        "Invoice numbers",
        "Xero counts invoices the way your storage software does.",
        "Xero counts invoices the way your storage software does, in {count:,} sequences.",
        "Sooner or later one of them needs a number that the other has used, and that invoice "
        "stops. Change the prefix in Xero (Invoice settings), or give ours a prefix of their own.",
        ("Beginning", "Ours from", "Theirs from", "Theirs to"),
        "Xero's prefix was changed to SALE-.",
    ),
}
_HIDDEN_LINKS = (
    "Xero does not show with our permission whether invoices carry payment links: look at "
    "Settings, Payment services in Xero yourself."
)


def asked(topic: Topic) -> Asked:
    return _WORDS[topic]


def says(topic: Topic, evidence: Mapping[str, Any]) -> str:
    """What was found, in a sentence."""
    if evidence["about"].get("hidden"):
        return _HIDDEN_LINKS
    count = evidence["count"]
    words = _WORDS[topic]
    return (words.one if count == 1 else words.many).format(count=count)


def cell(value: Any) -> str:
    """A cell of the evidence in plain words; pages write money and days their own way."""
    if isinstance(value, Mapping):
        if "money" in value:
            return str(value["money"])
        return date.fromisoformat(value["on"]).isoformat()
    return str(value)
