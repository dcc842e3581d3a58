"""Every row of the store, by subject."""

from unitledger.store.api_keys import ApiKey
from unitledger.store.audit import AuditEntry
from unitledger.store.billing import Allocation, Invoice, InvoiceLine, Payment, Tenant
from unitledger.store.catalogue import Charge, PaymentMethod
from unitledger.store.connections import (
    CallBudget,
    Connection,
    Consent,
    ConsentRequest,
    LocationRoute,
    MappingVersion,
    Organisation,
    XeroApp,
)
from unitledger.store.dry_runs import DryRun
from unitledger.store.going_live import (
    GoingLive,
    GoingLiveContact,
    GoingLiveMatch,
    GoingLiveQuestion,
)
from unitledger.store.handlings import Handling, HandlingAct, SavedFilter
from unitledger.store.holdings import Finding, Installation, XeroObject
from unitledger.store.journal import Batch, Document, Effect, EffectDependency, Run
from unitledger.store.month_ends import MonthClose, TieOutRequest
from unitledger.store.notices import Notice, NoticeMail, NoticeSetting
from unitledger.store.people import Membership, Operator, PersonLink, RecoveryCode, User
from unitledger.store.places import Building, Location, Unit
from unitledger.store.records import (
    Arrival,
    ImportRun,
    RecordIdentifier,
    RecordVersion,
    SourceAlias,
    SourceRecord,
)
from unitledger.store.rehearsals import Rehearsal
from unitledger.store.requests import ResyncRequest
from unitledger.store.sign_ins import PersonSession, SignInTries
from unitledger.store.source_items import BulkItem, BulkJob, CallWindow, SourceRevision
from unitledger.store.tie_outs import TieOutResult
from unitledger.store.undoing import Undo, UndoItem
from unitledger.store.uploads import ImportProfile, Upload, UploadPart
from unitledger.store.webhooks import (
    HookArrival,
    SourceHook,
    StateChange,
    WebhookDelivery,
    WebhookTarget,
    WebhookTry,
)
from unitledger.store.xero_items import ItemList

__all__ = [
    "Allocation",
    "ApiKey",
    "Arrival",
    "AuditEntry",
    "Batch",
    "Building",
    "BulkItem",
    "BulkJob",
    "CallBudget",
    "CallWindow",
    "Charge",
    "Connection",
    "Consent",
    "ConsentRequest",
    "Document",
    "DryRun",
    "Effect",
    "EffectDependency",
    "Finding",
    "GoingLive",
    "GoingLiveContact",
    "GoingLiveMatch",
    "GoingLiveQuestion",
    "Handling",
    "HandlingAct",
    "HookArrival",
    "ImportProfile",
    "ImportRun",
    "Installation",
    "Invoice",
    "InvoiceLine",
    "ItemList",
    "Location",
    "LocationRoute",
    "MappingVersion",
    "Membership",
    "MonthClose",
    "Notice",
    "NoticeMail",
    "NoticeSetting",
    "Operator",
    "Organisation",
    "Payment",
    "PaymentMethod",
    "PersonLink",
    "PersonSession",
    "RecordIdentifier",
    "RecordVersion",
    "RecoveryCode",
    "Rehearsal",
    "ResyncRequest",
    "Run",
    "SavedFilter",
    "SignInTries",
    "SourceAlias",
    "SourceHook",
    "SourceRecord",
    "SourceRevision",
    "StateChange",
    "Tenant",
    "TieOutRequest",
    "TieOutResult",
    "Undo",
    "UndoItem",
    "Unit",
    "Upload",
    "UploadPart",
    "User",
    "WebhookDelivery",
    "WebhookTarget",
    "WebhookTry",
    "XeroApp",
    "XeroObject",
]
