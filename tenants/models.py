"""Every model, imported in one place, so that the metadata is whole wherever it is asked for."""

from tenants.action_kit.activities.models import Activity, ActivityRevision, HeadCount
from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter, ChapterSlug
from tenants.people.models import DeskAppointment, Invitation, Membership, SignInThrottle, User, UserSession
from tenants.reminders.models import ChapterClock, ConsumedRung, Delivery, Notification
from tenants.rollups.models import CompileMark, Figure
from tenants.work import FinishedWork

__all__ = [
    "Activity",
    "ActivityRevision",
    "AuditEntry",
    "Chapter",
    "ChapterClock",
    "ChapterSlug",
    "CompileMark",
    "ConsumedRung",
    "Delivery",
    "DeskAppointment",
    "Figure",
    "FinishedWork",
    "HeadCount",
    "Invitation",
    "Membership",
    "Notification",
    "SignInThrottle",
    "User",
    "UserSession",
]
