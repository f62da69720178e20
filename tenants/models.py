"""Imports every model, so that the metadata is complete."""

from tenants.action_kit.activities.models import Activity, ActivityRevision, HeadCount
from tenants.action_kit.evaluation.models import (
    OpenedPeriod,
    Report,
    ReportEntry,
    ReportEvent,
    ReportSubmission,
    ReportValue,
    ValueSource,
)
from tenants.action_kit.funding.models import BudgetLine, BudgetRevision, ExchangeRate, FundingSource, Transaction
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyCount, TallyRevision
from tenants.action_kit.plan.models import PlanLine, PlanVersion, PlanVersionLine
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter, ChapterEvent, ChapterSlug
from tenants.figures.models import CompiledReport, CompileMark, CompileRun, Figure
from tenants.form_keys import FormKey
from tenants.mail.desk_models import DeskNotification, DeskReader
from tenants.mail.models import ConsumedRung, Delivery, Notification, ReminderPause
from tenants.people.models import (
    DeskAppointment,
    Invitation,
    Membership,
    SignInThrottle,
    UnreachedAddress,
    User,
    UserSession,
)
from tenants.people.terms import FocalPointTerm
from tenants.reminders.models import ChapterClock, LinkUse
from tenants.undo.models import Change
from tenants.work import FinishedWork

__all__ = [
    "Activity",
    "ActivityRevision",
    "AuditEntry",
    "BudgetLine",
    "BudgetRevision",
    "Change",
    "Chapter",
    "ChapterClock",
    "ChapterEvent",
    "ChapterSlug",
    "ChecklistItem",
    "CompileMark",
    "CompileRun",
    "CompiledReport",
    "ConsumedRung",
    "Delivery",
    "DeskAppointment",
    "DeskNotification",
    "DeskReader",
    "ExchangeRate",
    "Figure",
    "FinishedWork",
    "FocalPointTerm",
    "FormKey",
    "FundingSource",
    "HeadCount",
    "IndicatorTarget",
    "Invitation",
    "LaunchEvent",
    "LinkUse",
    "Membership",
    "Notification",
    "OpenedPeriod",
    "PlanLine",
    "PlanVersion",
    "PlanVersionLine",
    "ReminderPause",
    "Report",
    "ReportEntry",
    "ReportEvent",
    "ReportSubmission",
    "ReportValue",
    "SignInThrottle",
    "TallyCount",
    "TallyRevision",
    "Transaction",
    "UnreachedAddress",
    "User",
    "UserSession",
    "ValueSource",
]
