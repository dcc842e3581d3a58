"""How each decision about records is offered: its word, what it does, who may choose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unitledger.store.handlings import HandlingAct
from unitledger.web.members import Member


@dataclass(frozen=True, slots=True)
class Option:
    """How an act is offered: the button's word, what it does, whether a reason is asked for."""

    act: HandlingAct
    word: str
    does: str
    done: str  # after "3 payments"
    asks_why: bool = False

    @property
    def name(self) -> str:
        return str(self.act)


OPTIONS: Mapping[str, Option] = {
    str(each.act): each
    for each in (
        Option(
            HandlingAct.HANDLED,
            "Mark as handled in Xero",
            "Nothing is sent. For what you entered or settled in Xero by hand.",
            "marked as handled in Xero",
            asks_why=True,
        ),
        Option(
            HandlingAct.LINK,
            "Link to existing",
            "Find it among what Xero holds and take that for this record. Nothing is sent.",
            "linked",
        ),
        Option(
            HandlingAct.SKIP,
            "Skip with reason",
            "It is not sent, and no longer counts as non-synced.",
            "skipped",
            asks_why=True,
        ),
        Option(
            HandlingAct.KEEP,
            "Keep Xero’s copy",
            "Xero’s copy stays as it is, and is no longer called different.",
            "left as Xero holds them",
            asks_why=True,
        ),
        Option(
            HandlingAct.WRITE,
            "Write ours again",
            "What was changed in Xero is overwritten with ours. What is paid, reconciled or "
            "locked there stays.",
            "to be written again",
        ),
        Option(
            HandlingAct.TAKE_UP,
            "Take up again",
            "It is compared and sent as if nobody had left it out.",
            "taken up again",
        ),
        Option(
            HandlingAct.UNLINK,
            "Unlink",
            "It no longer counts as the one in Xero, which stays as it is. Nothing is sent "
            "until you ask for it.",
            "unlinked",
            asks_why=True,
        ),
    )
}


def offered(member: Member) -> list[Option]:
    """The options this person may choose, in their order."""
    return [each for each in OPTIONS.values() if may(member, each.act)]


def may(member: Member, act: HandlingAct) -> bool:
    return member.may_connect if act is HandlingAct.UNLINK else member.may_resync
