"""The labels of the six steps and of their states, the same everywhere."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l

from tenants.obligations.models import Step

State = Literal["none", "prog", "done", "wait", "late", "att"]
STATES: tuple[State, ...] = ("none", "prog", "done", "wait", "late", "att")
STEPS = 6

STATE_WORDS = {
    "none": _l("Not started"),
    "prog": _l("In progress"),
    "done": _l("Done"),
    "wait": _l("Waiting"),
    "late": _l("Overdue"),
    "att": _l("Needs attention"),
}
# For UN Women, which names nothing as missing before it is due. A step in which something is due has another state.
DESK_STATE_WORDS = {**STATE_WORDS, "none": _l("Nothing due")}
STEP_PAGES = {
    Step.FOCAL_POINT: "focal_point.show",
    Step.PLAN: "plan.show",
    Step.FUNDING: "funding.show",
    Step.LAUNCH: "launch.show",
    Step.ACTIVITIES: "activities.list_activities",
    Step.EVALUATION: "evaluation.list_reports",
}
STEP_NAMES = (
    _l("Focal point"),
    _l("Implementation plan"),
    _l("Funding"),
    _l("Launch event"),
    _l("Local activities"),
    _l("Monitoring and evaluation"),
)
# For all six side by side, in the navigation and at the top of a digest, where the full names do not fit.
SHORT_STEP_NAMES = (
    _l("Focal point"),
    _l("Plan"),
    _l("Funding"),
    _l("Launch event"),
    _l("Activities"),
    _l("Reports"),
)
