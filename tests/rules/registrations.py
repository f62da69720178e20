"""The places that must name each kind of obligation, route, table, task, language, indicator and undoable act.

Each check yields one line for each missing entry: the file to edit, and what it lacks. docs/growing.md explains what to
write there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from flask import Flask
from i18n.catalogue_faults import faults
from isolation import grants, lists
from isolation.entry_points.routes import CASES, WITHOUT_CASE
from isolation.entry_points.test_tasks import TASKS
from isolation.rows import FACTORIES, tables_in_order
from isolation.sessions.test_absences import ABSENCES
from rules.sources import ROOT, actions, codes, python_files, strings, tree
from undoing.route_tables import ASKS_FIRST, NEEDS_NEITHER, UNDO_KINDS

import tenants.models
from solidarity.access.declarations import declared_access
from solidarity.i18n import catalogues
from solidarity.labels.history import ACT_WORDS
from solidarity.labels.obligations.wording import WORDS
from tenants.action_kit.evaluation.indicators import CORE, Filled
from tenants.db import Base
from tenants.obligations.models import ObligationKind, Responsible
from tenants.obligations.selects import StatementScope
from tenants.overview.obligation_kinds import KINDS
from tenants.overview.waiting import REQUESTS
from tenants.reminders.links import SUMS
from tenants.undoing.kinds import FEATURES, undoables
from workers.celery_factory import make_celery
from workers.schedule import TIMETABLE

Lines = Iterator[str]
UNSAFE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
FOR_DEVELOPERS = {"public.gallery"}  # its form changes nothing
STEPS = {"activities", "evaluation", "focal_point", "funding", "launch", "plan", "targets"}
CASE_FILES = {"desk": "desk", "inbox": "reminder", "reminders": "reminder"} | dict.fromkeys(STEPS, "step")
CASE_FILES |= dict.fromkeys(("accounts", "public", "language"), "account")
HISTORY = "platform/solidarity/labels/history.py"
LISTS = "tests/isolation/lists.py"
ROUTE_TABLES = "tests/undoing/route_tables.py"


def obligation_kinds(app: Flask) -> Lines:
    """Yield the missing entries of kinds of obligations."""
    test_sources = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in python_files("tests"))
    for path, name, code in _declared_kinds():
        if name != code.upper():
            yield f"{path}: {name} has the code {code!r}, so it is to be called {code.upper()}"
        if code not in {kind.code for kind in KINDS}:
            yield f"{path}: {name} is not in KINDS, or the step is not in tenants/overview/obligation_kinds.py"
        if not re.search(rf"\b{name}\b", test_sources.replace("ABSENCES", "")):
            yield f"tests/{Path(path).parent.name}: no test names {name}"
    for kind in KINDS:
        yield from _words_of(kind, app)
        yield from _lists_of(kind)
    if len(set(SUMS.values())) != len(KINDS):
        yield "tenants/action_kit/*/obligations.py: two kinds have codes with the same checksum; choose another code"


def _declared_kinds() -> Iterator[tuple[str, str, str]]:
    """Yield each ObligationKind in the sources: its file, its variable and its code."""
    for path in python_files("tenants"):
        for node in ast.walk(tree(path)):
            call = node.value if isinstance(node, ast.Assign) else None
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "ObligationKind":
                (code,) = (keyword.value for keyword in call.keywords if keyword.arg == "code")
                yield str(path), ast.unparse(node.targets[0]), ast.literal_eval(code)  # type: ignore[attr-defined]


def _words_of(kind: ObligationKind, app: Flask) -> Lines:
    file, name = f"platform/solidarity/labels/obligations/{_package(kind)}.py", kind.code.upper()
    words = WORDS.get(kind)
    if words is None:
        yield f"{file}: no words for {name}"
        return
    for page in (words.page, words.form_page, words.one_click_page):
        if page is not None and page not in app.view_functions:
            yield f"{file}: {name} leads to {page}, which is no page"
    parts = (kind.one_click, words.one_click_button, words.one_click_page)
    if any(parts) and not all(parts):
        yield f"{file}: {name} needs one_click, one_click_button and one_click_page, or none of them"
    if kind in REQUESTS and words.request is None:
        yield f"{file}: {name} waits for UN Women, and has no word for the request"


def _lists_of(kind: ObligationKind) -> Lines:
    name, rows = kind.code.upper(), kind.due_rows(StatementScope(names_owners=True))
    if rows is not None and rows.is_absence and kind not in ABSENCES:
        yield f"tests/isolation/sessions/test_absences.py: {name} is about something missing, and is not in ABSENCES"
    is_decision = kind.responsible is Responsible.EITHER or kind.is_request
    if is_decision != (kind in REQUESTS and kind.is_request):
        yield f"tenants/overview/waiting.py: {name} is a decision that UN Women may take, and is not in REQUESTS"


def _package(kind: ObligationKind) -> str:
    return kind.due_rows.__module__.split(".")[2]


def routes(app: Flask) -> Lines:
    """Yield the missing entries of routes: access, cases of the route matrix, and undo tables."""
    served_routes = {
        f"{rule.endpoint} {method}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    yield from (
        f"platform/{view.__module__.replace('.', '/')}.py: {endpoint} declares no access"
        for endpoint, view in app.view_functions.items()
        if declared_access(app, endpoint) is None
    )
    cases = {case.name for case in CASES} | set(WITHOUT_CASE)
    yield from (f"{_case_file(name)}: no Case for {name}" for name in served_routes - cases)
    yield from (f"{_case_file(name)}: a Case for {name}, which is no route" for name in cases - served_routes)
    unsafe_routes = {name.split()[0] for name in served_routes if name.split()[1] in UNSAFE_METHODS} - FOR_DEVELOPERS
    listed_routes = [*UNDO_KINDS, *ASKS_FIRST, *NEEDS_NEITHER]
    yield from (
        f"{ROUTE_TABLES}: {route} changes something, and is in no table" for route in unsafe_routes - set(listed_routes)
    )
    yield from (f"{ROUTE_TABLES}: {route} changes nothing" for route in set(listed_routes) - unsafe_routes)
    yield from (
        f"{ROUTE_TABLES}: {route} is there twice" for route in set(listed_routes) if listed_routes.count(route) > 1
    )


def _case_file(name: str) -> str:
    return f"tests/isolation/entry_points/{CASE_FILES.get(name.partition('.')[0], 'chapter')}_cases.py"


def tables(_app: Flask) -> Lines:
    """Yield the missing entries of tables: model, migration, lists of the isolation suite, and sample row."""
    assert tenants.models
    model_tables, listed_tables = Base.metadata.tables, [*lists.BEHIND_THE_WALL, *lists.REFERENCE, *lists.LOCAL]
    migrations = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in python_files("migrations"))
    for path, table in _declared_tables():
        if table not in model_tables:
            yield f"tenants/models.py: the model of {table} ({path}) is not imported"
        if table not in listed_tables:
            yield f"{LISTS}: {table} is in none of OWNED_TABLES, REFERENCE and LOCAL"
        if not any(grants.granted(login, table) for login in lists.LOGINS[:-1]):
            yield f"tests/isolation/grants.py: no login has a grant on {table}"
        if not re.search(rf"\b{table}\b", migrations):
            yield f"migrations/versions: no migration creates {table}"
    owned_tables = set(tables_in_order())
    yield from (f"tests/isolation/rows.py: no row of {table} in FACTORIES" for table in owned_tables - set(FACTORIES))
    yield from (f"tests/isolation/rows.py: {table} is no chapter's" for table in set(FACTORIES) - owned_tables)
    yield from (f"{LISTS}: {table} is not in OWNED_TABLES" for table in owned_tables - set(lists.BEHIND_THE_WALL))
    yield from (
        f"{LISTS}: {table} is no table" for table in set(listed_tables) - set(model_tables) - {"alembic_version"}
    )
    columns = {f"{table.name}.{column.name}" for table in model_tables.values() for column in table.columns}
    personal = {f"{table}.{column}" for table, names in lists.PERSONAL.items() for column in names}
    stale = {*personal, *lists.CODE_COLUMNS, *lists.TEXT_OF_LOCAL} - columns - {"alembic_version.version_num"}
    yield from (f"{LISTS}: {column} is no column" for column in stale)


def _declared_tables() -> Iterator[tuple[Path, str]]:
    for path in python_files("tenants"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__":
                yield path, ast.literal_eval(node.value)


def tasks(app: Flask) -> Lines:
    """Yield the missing entries of tasks: in the isolation suite, and in what enqueues them."""
    celery = make_celery(app)
    celery.loader.import_default_modules()
    file, registered_tasks = "tests/isolation/entry_points/test_tasks.py", dict(celery.tasks)
    enqueued_names = {entry["task"] for entry in TIMETABLE.values()} | _strings("platform", "workers")
    for name in {name for name in registered_tasks if not name.startswith("celery.")} | set(TASKS):
        if name not in TASKS:
            yield f"{file}: {name} is not in TASKS"
        elif name not in registered_tasks:
            yield f"{file}: {name} is no task"
        elif not isinstance(registered_tasks[name], TASKS[name].kind):
            yield f"{file}: {name} is of another kind than TASKS says"
        elif name not in enqueued_names:
            yield f"workers/schedule.py: nothing enqueues {name}"


def languages(_app: Flask) -> Lines:
    """Yield the messages that a language lacks or no longer needs."""
    sources = _sources()
    for language in catalogues.languages():
        file, catalogue = catalogues.catalogue_path(language).relative_to(ROOT), catalogues.read_catalogue(language)
        for source in sources:
            if source.id:
                message = catalogue.get(source.id, source.context)
                yield from (f"{file}: {fault}" for fault in faults(message, source, catalogue.num_plurals))
        unused_messages = (
            message for message in catalogue if message.id and sources.get(message.id, message.context) is None
        )
        yield from (
            f"{file}: no longer used (`make messages` removes it): {message.id!r}" for message in unused_messages
        )
        yield from (f"{file}: obsolete (`make messages` removes it): {key!r}" for key in catalogue.obsolete)


@cache
def _sources() -> Catalog:
    return catalogues.extract(ROOT)


def indicators(_app: Flask) -> Lines:
    """Yield the missing entries of indicators."""
    file = "tenants/action_kit/reports/assembly.py"
    literals = _strings(file)
    for indicator in CORE:
        if indicator.filled is not Filled.CHAPTER and indicator.code not in literals:
            yield f"{file}: nothing fills {indicator.code}"
    codes = [indicator.code for indicator in CORE]
    yield from (f"tenants/action_kit/evaluation/indicators.py: {code} twice" for code in codes if codes.count(code) > 1)


def undoable_acts(_app: Flask) -> Lines:
    """Yield the missing entries of acts that are recorded in the history or can be undone."""
    recorded_codes = set(_recorded())
    yield from (f"{HISTORY}: no words for {code}" for code in recorded_codes - set(ACT_WORDS))
    yield from (f"{HISTORY}: words for {code}, which nothing records" for code in set(ACT_WORDS) - recorded_codes)
    feature_files = {f"{feature.__name__.replace('.', '/')}.py" for feature in FEATURES}
    for path in python_files("tenants"):
        if path.name == "undo.py" and str(path) not in feature_files:
            yield f"tenants/undoing/kinds.py: {path} is not in FEATURES"
    kinds = undoables()
    for code, kind in kinds.items():
        if code not in recorded_codes:
            yield f"tenants: {code} can be undone, and no service records it"
        yield from (f"tenants: {code} names {later}, which is no act" for later in kind.after_it - set(ACT_WORDS))
    yield from (f"{ROUTE_TABLES}: no route for {code}" for code in set(kinds) - set(UNDO_KINDS.values()))
    yield from (
        f"tenants/*/undo.py: {code} cannot be undone, and {ROUTE_TABLES} says that it can"
        for code in set(UNDO_KINDS.values()) - set(kinds)
    )


def _recorded() -> Iterable[str]:
    """Yield all codes that are passed as `action`, to `record` or to a function that passes them on."""
    for path in python_files("tenants", "platform", "workers"):
        for _, value in actions(path):
            yield from codes(value)


def _strings(*places: str) -> set[str]:
    """Return the strings in folders or files."""
    files = (path for path in python_files() if path.parts[0] in places or str(path) in places)
    return {text for path in files for _, text in strings(path)}


CHECKS: tuple[Callable[[Flask], Iterable[Any]], ...] = (
    obligation_kinds,
    routes,
    tables,
    tasks,
    languages,
    indicators,
    undoable_acts,
)
