"""Roles and permissions: one enum, two tables. Every route of the web names a permission or is declared public."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The role of a person in a chapter."""

    FOCAL_POINT = "focal_point"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    FINANCE = "finance"
    ME_OFFICER = "me_officer"
    MEMBER = "member"


class DeskRole(StrEnum):
    """The role of a person at UN Women, always for a list of countries."""

    FACILITATOR = "facilitator"
    REGIONAL_DESK = "regional_desk"
    COUNTRY_DESK = "country_desk"
    VIEWER = "viewer"


class Permission(StrEnum):
    """Something that a person may do."""

    READ_CHAPTER = "read_chapter"
    LOG_ACTIVITY = "log_activity"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    EDIT_PLAN = "edit_plan"
    APPROVE_PLAN = "approve_plan"
    EDIT_FUNDING = "edit_funding"
    APPROVE_EXPENSE = "approve_expense"
    EDIT_LAUNCH = "edit_launch"
    EDIT_REPORT = "edit_report"
    SUBMIT_REPORT = "submit_report"
    APPROVE_REPORT = "approve_report"
    GET_REMINDERS = "get_reminders"
    READ_MESSAGES = "read_messages"
    READ_TRAIL = "read_trail"
    READ_DESK = "read_desk"
    ONBOARD_CHAPTER = "onboard_chapter"
    MANAGE_CHAPTER = "manage_chapter"


_READS = frozenset({Permission.READ_CHAPTER, Permission.SEE_PEOPLE, Permission.GET_REMINDERS})
_LOGS = _READS | {Permission.LOG_ACTIVITY}
_LOOKS_BACK = frozenset({Permission.READ_MESSAGES, Permission.READ_TRAIL})
_RUNS = _LOGS | {Permission.EDIT_PLAN, Permission.EDIT_FUNDING, Permission.EDIT_LAUNCH, Permission.EDIT_REPORT}
_LEADS = (
    _RUNS
    | _LOOKS_BACK
    | {Permission.MANAGE_PEOPLE, Permission.APPROVE_PLAN, Permission.APPROVE_EXPENSE, Permission.SUBMIT_REPORT}
)

OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.FOCAL_POINT: _LEADS,
    Role.DEPUTY: _LEADS,
    Role.COORDINATOR: _RUNS | _LOOKS_BACK,
    Role.FINANCE: _READS | _LOOKS_BACK | {Permission.EDIT_FUNDING, Permission.APPROVE_EXPENSE},
    Role.ME_OFFICER: _LOGS | _LOOKS_BACK | {Permission.EDIT_REPORT, Permission.SUBMIT_REPORT},
    Role.MEMBER: _READS,
}


# What remains possible in a closed chapter.
READING = _READS | _LOOKS_BACK


def roles_that_may(permission: Permission) -> list[Role]:
    """Return the roles in a chapter that hold a permission."""
    return [role for role in Role if permission in OF_ROLE[role]]


# Inside a chapter UN Women reads, invites and decides. It does not log, plan or report on the chapter's behalf.
_DESK_READS = frozenset({Permission.READ_DESK, Permission.READ_CHAPTER})
_DESK_ACTS = _DESK_READS | {
    Permission.ONBOARD_CHAPTER,
    Permission.MANAGE_CHAPTER,
    Permission.SEE_PEOPLE,
    Permission.MANAGE_PEOPLE,
    Permission.APPROVE_PLAN,
    Permission.APPROVE_EXPENSE,
    Permission.APPROVE_REPORT,
}

OF_DESK_ROLE: dict[DeskRole, frozenset[Permission]] = {
    DeskRole.FACILITATOR: _DESK_ACTS,
    DeskRole.REGIONAL_DESK: _DESK_ACTS,
    DeskRole.COUNTRY_DESK: _DESK_ACTS,
    DeskRole.VIEWER: _DESK_READS,
}
