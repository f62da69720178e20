"""The cases of the six steps."""

from __future__ import annotations

from collections.abc import Mapping

from isolation.entry_points.cases import LOG, MANAGE_PEOPLE, READ_CHAPTER, Case, chapter, money, text_fields
from isolation.entry_points.matrix_world import REPORTED_ON, Reader, Side

from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.db import new_id


def term(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a term, which ended long ago, at a chapter's address."""
    return {"chapter": at.slug, "term_id": rows.term}


def confirmed(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a term as the subject of an obligation."""
    return {"chapter": at.slug, "subject_id": rows.term}


def activity(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name an activity at a chapter's address."""
    return {"chapter": at.slug, "activity_id": rows.activity}


def report(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a report at a chapter's address, by its period."""
    return {"chapter": at.slug, "period": Period(REPORTED_ON).code}


def target(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name the target with canaries at a chapter's address."""
    return {"chapter": at.slug, "indicator": "participations", "year": REPORTED_ON.year}


def launch_event(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a launch at a chapter's address."""
    return {"chapter": at.slug, "event_id": rows.launch_event}


def attendance(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name the attendance of a launch at a chapter's address."""
    return {**launch_event(at, rows), "kind": "attendance"}


def checklist_item(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name an item of a checklist at a chapter's address."""
    return {"chapter": at.slug, "subject_id": rows.checklist_item}


def plan_line(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a line of the plan at a chapter's address."""
    return {"chapter": at.slug, "line_id": rows.plan_line}


def planned(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a line of the plan as the subject of an obligation."""
    return {"chapter": at.slug, "subject_id": rows.plan_line}


def plan_version(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a version of the plan at a chapter's address."""
    return {"chapter": at.slug, "version_id": rows.plan_version}


def _entry(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "seen": "1",
        "kind": "dialogue",
        "title": "Roda de conversa",
        "held_on": "2026-01-21",
        "place": "Santo Amaro",
        "narrative": "",
        "people_women_25_59": "4",
        "first_time": "1",
        "came_before": "1",
        "not_sure": "2",
    }


def _source(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "name": "Cidade",
        "kind": "donor",
        "state": "pledged",
        "amount": "10",
        "currency": "BRL",
    }


def _expense(side: Side) -> Mapping[str, str]:
    fields = {"kind": "expense", "side": str(side.money["budget_lines"]), "what": "Cartazes", "form_key": str(new_id())}
    return {**fields, "amount": "10", "currency": "BRL", "dated_on": "2026-01-21"}


def _no_fields(_: Side) -> Mapping[str, str]:
    return {}


def _refusal(_: Side) -> Mapping[str, str]:
    return {"reason": "No receipt"}


def _chosen(side: Side) -> Mapping[str, str]:
    fields = {"membership_id": str(side.membership), "organisation": "", "ends_on": "", "stays_as": "member"}
    return fields | {"form_key": str(new_id())}


def _budget_line(_: Side) -> Mapping[str, str]:
    return {"form_key": str(new_id()), "title": "A", "amount": "1"}


def _item(_: Side) -> Mapping[str, str]:
    return {"form_key": str(new_id()), "title": "Flowers", "due_on": clock.now().date().isoformat()}


def _event(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "seen": "1",
        "title": "Launch at the market",
        "place": "",
        "host": "",
        "held_on": "2026-02-02",
        "start_time": "10:00",
        "zone": "UTC",
        "expected_people": "",
    }


STEP_CASES: tuple[Case, ...] = (
    Case("focal_point.show", "GET", READ_CHAPTER, chapter),
    Case("focal_point.confirm", "POST", MANAGE_PEOPLE, confirmed, answer=302, names_rows=True),  # the term has ended
    Case("focal_point.renew", "POST", MANAGE_PEOPLE, term, answer=302, writes=True, names_rows=True),
    Case("focal_point.hand_over", "GET", MANAGE_PEOPLE, term, names_rows=True),
    Case("focal_point.hand_over", "POST", MANAGE_PEOPLE, term, _chosen, answer=422, names_rows=True),  # not primary
    Case("focal_point.appoint", "GET", MANAGE_PEOPLE, chapter),
    Case("focal_point.appoint", "POST", MANAGE_PEOPLE, chapter, _chosen, answer=422),  # there is a focal point
    Case("focal_point.add_deputy", "GET", MANAGE_PEOPLE, chapter),
    Case("focal_point.add_deputy", "POST", MANAGE_PEOPLE, chapter, _chosen, answer=302, writes=True),
    Case("focal_point.end_term", "GET", MANAGE_PEOPLE, term, names_rows=True),
    Case("focal_point.end_term", "POST", MANAGE_PEOPLE, term, answer=302, names_rows=True),
    Case("activities.list_activities", "GET", READ_CHAPTER, chapter),
    Case("activities.tally_sheet", "GET", READ_CHAPTER, chapter),
    Case("activities.show_activity", "GET", READ_CHAPTER, activity, names_rows=True),
    Case("activities.log_activity", "GET", LOG, chapter),
    Case("activities.log_activity", "POST", LOG, chapter, _entry, answer=302, writes=True),
    Case("activities.log_planned", "GET", LOG, planned, answer=404, names_rows=True),  # an outcome takes no place
    Case("activities.log_planned", "POST", LOG, planned, _entry, answer=404, names_rows=True),
    Case("activities.revise_activity", "GET", LOG, activity, names_rows=True),
    Case("activities.revise_activity", "POST", LOG, activity, _entry, answer=302, writes=True, names_rows=True),
    Case("activities.withdraw_activity", "GET", LOG, activity, names_rows=True),
    Case(
        "activities.withdraw_activity",
        "POST",
        LOG,
        activity,
        text_fields,
        answer=422,  # a report that was sent counts it
        names_rows=True,
    ),
    Case("plan.show", "GET", READ_CHAPTER, chapter),
    Case("plan.add_line", "GET", LOG, chapter),
    Case("plan.add_line", "POST", LOG, chapter, text_fields, answer=302, writes=True),
    Case("plan.revise_line", "GET", LOG, plan_line, names_rows=True),
    Case("plan.revise_line", "POST", LOG, plan_line, text_fields, answer=302, writes=True, names_rows=True),
    Case("plan.remove_line", "POST", LOG, plan_line, answer=302, writes=True, names_rows=True),
    Case("plan.start", "POST", LOG, chapter, answer=302),
    Case("plan.submit", "POST", LOG, chapter, answer=302),
    Case("plan.approve", "POST", MANAGE_PEOPLE, plan_version, answer=302, writes=True, names_rows=True),
    Case("plan.give_back", "POST", MANAGE_PEOPLE, plan_version, text_fields, answer=302, writes=True, names_rows=True),
    Case("plan.drop_activity", "POST", LOG, planned, answer=302, names_rows=True),
    Case("plan.reopen_activity", "POST", LOG, planned, answer=302, names_rows=True),
    Case("funding.show", "GET", READ_CHAPTER, chapter),
    Case("funding.add_source", "GET", LOG, chapter),
    Case("funding.add_source", "POST", LOG, chapter, _source, answer=302, writes=True),
    Case(
        "funding.move_source",
        "POST",
        LOG,
        money("source_id", "funding_sources"),
        lambda _: {"state": "received"},
        answer=302,  # refused, with a message: money is received in the ledger
        names_rows=True,
    ),
    Case("funding.revise_pledge", "GET", LOG, money("source_id", "funding_sources"), names_rows=True),
    Case(
        "funding.revise_pledge",
        "POST",
        LOG,
        money("source_id", "funding_sources"),
        lambda _: {"seen": "2", "amount": "9", "reason": "Less"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("funding.cancel_source", "GET", LOG, money("source_id", "funding_sources"), names_rows=True),
    Case(
        "funding.cancel_source",
        "POST",
        LOG,
        money("source_id", "funding_sources"),
        lambda _: {"reason": "Nothing comes"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("funding.add_line", "GET", LOG, chapter),
    Case("funding.add_line", "POST", LOG, chapter, _budget_line, answer=302, writes=True),
    Case("funding.revise_budget", "GET", LOG, money("line_id", "budget_lines"), names_rows=True),
    Case(
        "funding.revise_budget",
        "POST",
        LOG,
        money("line_id", "budget_lines"),
        lambda _: {"seen": "1", "amount": "9", "reason": "More"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case(
        "funding.remove_source",
        "POST",
        LOG,
        money("source_id", "funding_sources"),
        answer=302,
        writes=True,
        names_rows=True,
    ),
    # Nothing is written: a transaction names the line.
    Case("funding.remove_line", "POST", LOG, money("line_id", "budget_lines"), answer=302, names_rows=True),
    Case("funding.show_transaction", "GET", READ_CHAPTER, money("transaction_id", "transactions"), names_rows=True),
    Case("funding.record", "GET", LOG, chapter),
    Case("funding.record", "POST", LOG, chapter, _expense, answer=302, writes=True),
    *(
        Case(
            f"funding.{act}",
            "POST",
            LOG,
            money("transaction_id", "transactions"),
            fields,
            answer=302,
            answers={Reader.FACILITATOR: 302},  # gets a message that the chapter decides
            writes=True,
            names_rows=True,
        )
        for act, fields in (("approve", _no_fields), ("refuse", _refusal))
    ),
    Case(
        "funding.refuse",
        "GET",
        LOG,
        money("transaction_id", "transactions"),
        answers={Reader.FACILITATOR: 200},
        names_rows=True,
    ),
    # Nothing is written: a pending transaction cannot be reversed.
    # The expense of the matrix was recorded by another person, so nothing is withdrawn.
    Case("funding.withdraw", "POST", LOG, money("transaction_id", "transactions"), answer=302, names_rows=True),
    Case("funding.reverse", "POST", LOG, money("transaction_id", "transactions"), answer=302, names_rows=True),
    Case("funding.convert", "POST", LOG, chapter, answer=302, writes=True),
    Case("launch.show", "GET", READ_CHAPTER, chapter),
    Case("launch.plan_event", "GET", LOG, chapter),
    Case("launch.plan_event", "POST", LOG, chapter, _event, answer=422),  # a launch is planned already
    Case("launch.revise_event", "GET", LOG, launch_event, names_rows=True),
    Case("launch.revise_event", "POST", LOG, launch_event, _event, answer=302, writes=True, names_rows=True),
    Case("launch.cancel", "POST", LOG, launch_event, answer=422, names_rows=True),  # people were counted
    Case("launch.add_item", "GET", LOG, launch_event, names_rows=True),
    Case(
        "launch.add_item",
        "POST",
        LOG,
        launch_event,
        _item,
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("launch.finish_item", "POST", LOG, checklist_item, answer=302, names_rows=True),  # the item is done already
    Case("launch.reopen_item", "POST", LOG, checklist_item, answer=302, writes=True, names_rows=True),
    Case("launch.remove_item", "POST", LOG, checklist_item, answer=422, names_rows=True),  # the item is done already
    Case("launch.count", "GET", LOG, attendance, names_rows=True),
    Case(
        "launch.count",
        "POST",
        LOG,
        attendance,
        lambda _: {"seen": "1", "people_women_25_59": "4"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("evaluation.list_reports", "GET", READ_CHAPTER, chapter),
    Case(
        "evaluation.start",
        "POST",
        LOG,
        chapter,
        lambda _: {"period": Period.of(clock.now().date()).code},
        answer=302,
        writes=True,
    ),
    Case("evaluation.show_report", "GET", READ_CHAPTER, report),
    Case(
        "evaluation.show_entries",
        "GET",
        READ_CHAPTER,
        lambda at, rows: {**report(at, rows), "code": "participations"},
        names_rows=False,
    ),
    Case("evaluation.save", "POST", LOG, report, lambda _: {"seen": "0"}, answer=302, writes=True),
    Case("evaluation.submit", "POST", LOG, report, lambda _: {"seen": "0"}, answer=302, writes=True),
    Case("evaluation.submit_nil", "POST", LOG, report, lambda _: {"seen": "0"}, answer=422),
    Case("evaluation.keep", "GET", LOG, report),
    Case("evaluation.keep", "POST", LOG, report, answer=409),
    Case("evaluation.ask_reopening", "GET", LOG, report),
    Case("evaluation.ask_reopening", "POST", LOG, report, answer=409),
    Case("evaluation.decline_reopening", "GET", (Reader.FACILITATOR,), report),
    Case("evaluation.decline_reopening", "POST", (Reader.FACILITATOR,), report, answer=409),
    Case("evaluation.approve", "POST", (Reader.FACILITATOR,), report, answer=409),
    Case("evaluation.give_back", "GET", (Reader.FACILITATOR,), report),
    Case("evaluation.give_back", "POST", (Reader.FACILITATOR,), report, answer=409),
    Case("evaluation.reopen", "GET", (Reader.FACILITATOR,), report),
    Case("evaluation.reopen", "POST", (Reader.FACILITATOR,), report, answer=409),
    Case("evaluation.excuse", "GET", (Reader.FACILITATOR,), report),
    Case("evaluation.excuse", "POST", (Reader.FACILITATOR,), report, answer=422),
    Case("targets.list_targets", "GET", READ_CHAPTER, chapter),
    Case("targets.show_target", "GET", READ_CHAPTER, target),
    Case(
        "targets.set_target",
        "POST",
        LOG,
        target,
        lambda _: {"seen": "2", "target": "900", "reason": "More people ask for us"},
        answer=302,
        writes=True,
    ),
)
