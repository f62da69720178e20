"""The lists of all tables and text columns. The catalogue test fails if one of them is not listed here.

A table is chapter-owned (behind the wall), reference (the same for all chapters, chapter-owned rows may point at it)
or local (platform and identity tables, which stay on one machine when chapters are spread over several). Each table
that is not behind the wall has a reason.
"""

from __future__ import annotations

OWNER = "solidarity_owner"
LOGINS = ("web", "worker", "desk", "compiler", "backup")

CHAPTERS = "chapters"  # the chapter's own row: its id is the chapter_id of everything else

OWNED_TABLES = (
    "activities",
    "activity_revisions",
    "audit_entries",
    "budget_lines",
    "budget_revisions",
    "changes",
    "chapter_events",
    "checklist_items",
    "consumed_rungs",
    "focal_point_terms",
    "form_keys",
    "former_names",
    "funding_sources",
    "head_counts",
    "indicator_targets",
    "invitations",
    "launch_events",
    "link_uses",
    "memberships",
    "notifications",
    "plan_lines",
    "plan_version_lines",
    "plan_versions",
    "reminder_pauses",
    "report_entries",
    "report_events",
    "report_submissions",
    "report_values",
    "reports",
    "tally_counts",
    "tally_revisions",
    "value_sources",
    "transactions",
    "unreached_addresses",
)
BEHIND_THE_WALL = (CHAPTERS, *OWNED_TABLES)

REFERENCE = {
    "exchange_rates": "the world's rates, the same for everybody; codes, days and numbers, written by the owner alone",
    "users": "one identity in the world, whatever chapters she is in; read by the web's login alone",
}
LOCAL = {
    "address_changes": "a person's new address until they confirm it, in no chapter; read by the web's login alone",
    "alembic_version": "the revision of the schema, the same for everybody; a number",
    "chapter_clocks": "found by range scan before any chapter is bound; an id and a time",
    "chapter_slugs": "where an address leads, before any chapter is bound; codes only",
    "compile_marks": "the compiler takes the marks of all chapters in one pass; ids and times",
    "compile_runs": "when the compiler last ran; codes, times and counts",
    "compiled_reports": "what the figures hold of every chapter; ids, codes, days and flags",
    "deliveries": "the ledger is claimed across chapters; ids, states and times, a letter's text only sealed",
    "desk_appointments": "who decides for which countries at UN Women, in no chapter; ids, codes and days",
    "desk_notifications": "what was sent to people at UN Women, in no chapter; ids, codes and days",
    "desk_readers": "whom UN Women's mails go to, its own people, and when; read by web and worker alone",
    "figures": "sums over chapters, which no chapter owns; codes and figures",
    "finished_work": "when a worker and beat last finished anything; two rows of times",
    "opened_periods": "which periods were opened for all chapters; dates and times",
    "sign_in_throttles": "counted before anybody is known; keyed hashes and times",
    "user_sessions": "a browser's session, in no chapter; hashes, and read by the web's login alone",
}
# Identity tables and their readers besides the web. A worker reads only the recipients of its mail to UN Women.
IDENTITY: dict[str, tuple[str, ...]] = {
    "users": (),
    "address_changes": (),
    "user_sessions": (),
    "sign_in_throttles": (),
    "desk_readers": ("worker",),
}

# Text columns that local tables may have. No wall protects them, so each needs a reason.
TEXT_OF_LOCAL = {
    "alembic_version.version_num": "a revision's number",
    "chapter_slugs.slug": "the address of a public page",
    "chapter_slugs.country": "an ISO code",
    "compile_runs.kind": "held to a list by a check",
    "compiled_reports.country": "an ISO code, of the chapter's own row",
    "compiled_reports.area": "one of seven, of the chapter's own row",
    "deliveries.kind": "held to a list by a check",
    "deliveries.state": "held to a list by a check",
    "deliveries.reason": "held to the shape of a code by a check",
    "desk_appointments.role": "held to a list by a check",
    "desk_notifications.kind": "held to a list by a check",
    "desk_notifications.items": "kinds, ids and days, as the worker made them; no word of anybody",
    "desk_notifications.state": "held to a list by a check",
    "desk_notifications.reason": "held to the shape of a code by a check",
    "exchange_rates.currency": "an ISO code, held to its shape by a check",
    "figures.indicator": "a code of report_values, where a check holds its shape",
    "figures.level": "held to a list by a check",
    "figures.place": "an ISO code, an area's code or world, written by the compiler alone",
    "figures.cell": "a code of report_values, where a check holds its shape",
    "finished_work.who": "held to a list by a check",
}

# Text columns of chapter-owned tables that cannot hold a canary.
WITH_COUNTRY = (
    "activities activity_revisions budget_lines budget_revisions chapter_events chapters "
    "checklist_items focal_point_terms funding_sources head_counts indicator_targets launch_events "
    "plan_lines plan_version_lines plan_versions report_submissions report_values reports "
    "tally_counts tally_revisions transactions unreached_addresses value_sources"
)
CODE_COLUMNS = {
    **{f"{table}.country": "an ISO code, two letters" for table in WITH_COUNTRY.split()},
    "budget_lines.currency": "an ISO code, three letters",
    "funding_sources.currency": "an ISO code, three letters",
    "funding_sources.kind": "one of five",
    "funding_sources.state": "one of four",
    "transactions.currency": "an ISO code, three letters",
    "transactions.kind": "one of seven",
    "transactions.state": "one of three",
    "checklist_items.code": "letters and underscores only",
    "tally_counts.sex": "one of four",
    "tally_counts.age_band": "one of five",
    "tally_revisions.kind": "one of two",
    "changes.kind": "held to the shape of a code by a check",
    "chapters.area": "one of seven",
    "chapters.zone": "one of the known time zones",
    "chapters.languages": "codes of known languages",
    "chapters.currency": "an ISO code, three letters",
    "chapters.state": "one of seven",
    "chapter_events.kind": "one of three",
    "activity_revisions.kind": "one of five",
    "head_counts.sex": "one of four",
    "head_counts.age_band": "one of five",
    "indicator_targets.indicator": "letters and underscores only",
    "form_keys.digest": "held to the shape of a SHA-256 by a check",
    "invitations.language": "the code of a known language",
    "invitations.role": "one of six",
    "launch_events.zone": "one of the known time zones",
    "link_uses.kind": "letters and underscores only",
    "link_uses.act": "one of three",
    "memberships.digest_frequency": "one of two",
    "memberships.language": "the code of a known language",
    "memberships.role": "one of six",
    "memberships.zone": "one of the known time zones",
    "notifications.reason": "held to the shape of a code by a check",
    "notifications.state": "one of nine",
    "plan_lines.kind": "one of three",
    "plan_version_lines.kind": "one of three",
    "plan_versions.state": "one of four",
    "consumed_rungs.kind": "letters and underscores only",
    "focal_point_terms.rank": "one of two",
    "reminder_pauses.kind": "letters and underscores only",
    "report_entries.indicator": "letters and underscores only",
    "report_entries.missing": "one of three",
    "report_events.kind": "one of five",
    "report_values.cell": "held to the shape of a code by a check",
    "report_values.indicator": "letters and underscores only",
    "report_values.missing": "one of three",
    "reports.state": "one of four",
    "value_sources.kind": "one of four",
}

# Columns with personal data. UN Women's desk and the compiler are granted none of them.
PERSONAL = {
    "budget_lines": ("title",),
    "budget_revisions": ("made_by", "reason"),
    "funding_sources": ("name", "reason", "added_by"),
    "transactions": ("what", "reason", "form_key", "recorded_by", "decided_by"),
    "changes": ("subject_id", "about", "before", "after", "made_by", "undone_by"),
    "chapter_events": ("actor_id",),
    "unreached_addresses": ("membership_id", "cleared_by"),
    "checklist_items": ("done_by",),
    "launch_events": ("host", "place", "made_by"),
    "tally_revisions": ("made_by",),
    "activities": ("logged_by", "withdrawn_by", "withdrawn_reason"),
    "activity_revisions": ("made_by", "narrative"),
    "audit_entries": ("actor_id", "subject_id", "details"),
    "consumed_rungs": ("membership_id", "subject_id"),
    "former_names": ("membership_id", "old_name", "new_name"),
    "focal_point_terms": ("membership_id", "organisation", "appointed_by", "ended_by"),
    "form_keys": ("digest", "location"),
    "indicator_targets": ("reason", "set_by"),
    "invitations": ("email", "name", "language", "invited_by"),
    "link_uses": ("membership_id", "subject_id"),
    "memberships": (
        "user_id",
        "name",
        "email",
        "language",
        "zone",
        "role",
        "digest_frequency",
        "away_since",
        "away_until",
    ),
    "notifications": ("membership_id", "invitation_id", "items"),
    "reminder_pauses": ("membership_id", "subject_id"),
    "report_events": ("actor_id", "reason"),
    "report_submissions": ("submitted_by", "what_changed", "what_women_say", "what_was_hard", "what_next"),
    "reports": ("submitted_by", "excused_reason", "what_changed", "what_women_say", "what_was_hard", "what_next"),
    "plan_lines": ("responsible_id", "risk"),
    "plan_version_lines": ("risk",),
    "plan_versions": ("submitted_by", "decided_by", "reason"),
}

# The catalogue, not the name, shows whether an object belongs to an extension.
EXTENSIONS = {
    "plpgsql": "the language of the binding functions; every database has it",
    "btree_gist": "lets an exclusion constraint compare the chapter with =; operators alone, which read no rows",
}

FUNCTIONS = {
    "use_chapter": ("web", "worker"),
    "use_countries": ("desk", "compiler"),
}
