"""How a world behaves where Xero's behaviour is a matter of plan, of report or of taste."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Switches of one world. The default is the reading that is safer to build on.

    `partial_save`: users report that a refused batch (400) had saved its good elements;
    documentation suggests that it saves nothing.
    `key_registered`: when a key counts as used, `at_accept` or `at_commit`. It matters only while
    the first request with it is still on its way; unsure, no source says.
    `auto_approve`: the consent page sends the app its code at once, without a person.
    `connection_caps`: hold apps to the connections of their plan, and organisations to two
    uncertified apps. Documented, but off: a tester may well want fifty organisations.
    `webhook_on_payment`: whether a payment or credit on an invoice fires INVOICE UPDATE; likely
    and not stated.
    `webhook_hosts`: other machines that webhooks may be sent to; none, by intention.
    """

    partial_save: bool = False
    key_registered: str = "at_accept"
    auto_approve: bool = False
    connection_caps: bool = False
    webhook_on_payment: bool = True
    webhook_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.key_registered not in ("at_accept", "at_commit"):
            raise ValueError("key_registered: may be at_accept or at_commit")
        for name in ("partial_save", "auto_approve", "connection_caps", "webhook_on_payment"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name}: may be true or false")
        hosts = self.webhook_hosts
        if isinstance(hosts, str) or not all(isinstance(host, str) for host in hosts):
            raise ValueError("webhook_hosts: a list of host names")
        object.__setattr__(self, "webhook_hosts", tuple(hosts))  # a state file gives a list
