"""Checks of the ORM's reads, writes and statements in a bound session. Each check yields violations as sentences.

They run inside the context of `isolation.kernel.kernel`, over the two chapters, and roll back their writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import UUID

from harness.statements import logged
from isolation import grants, lists
from isolation.rows import SampleChapter, fresh, shown
from isolation.sessions.scope_checks import Check, rolled_back
from isolation.sessions.statements import unnamed
from psycopg.types.json import Jsonb
from sqlalchemy import Table, delete, exists, func, insert, select, text, true, union_all, update
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.orm import Session, aliased, joinedload, make_transient_to_detached, selectinload, subqueryload
from sqlalchemy.orm.exc import StaleDataError

from tenants.db import Base, db
from tenants.scope import ChapterLogin, ChapterScope, LinkScope

Model = type[Any]

MODELS: dict[str, Model] = {
    mapper.local_table.name: mapper.class_
    for mapper in Base.registry.mappers
    if isinstance(mapper.local_table, Table) and mapper.local_table.name in lists.BEHIND_THE_WALL
}


def the_orm_reads_one_chapter(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Bound to amber, no form of ORM or Core query shows birch's rows, and a select shows amber's own row."""
    logins: tuple[ChapterLogin, ...] = ("web", "worker")
    for login, (table, model) in product(logins, MODELS.items()):
        with rolled_back(ChapterScope(amber.chapter_id, login=login)) as session:
            if not shown(_text(READS["select"](session, model, amber.rows[table])), amber):
                yield f"{login}: select of {table} does not show amber's own row"
            for name, read in READS.items():
                if marks := shown(_text(read(session, model, birch.rows[table])), birch):
                    yield f"{login}: {name} of {table} shows {marks}"


def the_orm_writes_one_chapter(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Bound to amber, no write through the ORM changes or creates a row of birch."""
    for (table, model), (name, write) in ((m, w) for m in MODELS.items() for w in WRITES.items()):
        with rolled_back(ChapterScope(amber.chapter_id)) as session:
            try:
                row_count = write(session, model, birch)
            except (SQLAlchemyError, StaleDataError, SAWarning):  # SAWarning: no row matched the delete
                continue
            if row_count:
                yield f"{name} of {table} touches {row_count} of birch's rows"


def relations_stay_inside(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """An object with birch's key, added to amber's session as detached, loads nothing through its relationships."""
    for table, model in MODELS.items():
        for relation in model.__mapper__.relationships:
            with rolled_back(ChapterScope(amber.chapter_id)) as session:
                empty = dict.fromkeys(column.key for column in model.__mapper__.column_attrs)
                stray = model(**empty | _json(birch.rows[table]))
                make_transient_to_detached(stray)
                session.add(stray)
                loaded = _text(getattr(stray, relation.key))
                if loaded:
                    yield f"{table}.{relation.key} of birch's loads {loaded}"


def every_statement_names_the_chapter(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """In all statements that the ORM sends for a chapter, a value ties each chapter-owned table to the chapter."""
    with logged([*db.engines.values()]) as statements:
        for table, model in MODELS.items():
            for scope in (ChapterScope(amber.chapter_id), LinkScope(amber.chapter_id)):
                with rolled_back(scope) as session:
                    for name in sorted(set(READS) - PLAIN_SQL):
                        _text(READS[name](session, model, amber.rows[table]))
                        session.expunge_all()
            _walk_relations(model, amber, table)
            _write_own(model, amber, table)
    for statement in dict.fromkeys(statements):
        if tables := unnamed(statement):
            yield f"{tables} not tied to the chapter in: {statement}"


def criteria_do_not_remember(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """When two chapters take turns with the same statements, neither gets a cached statement of the other."""
    with rolled_back(ChapterScope(amber.chapter_id)) as first, rolled_back(ChapterScope(birch.chapter_id)) as second:
        for _ in range(3):
            for table, model in MODELS.items():
                statement = select(model).options(selectinload("*"))
                for session, own_chapter, foreign_chapter in ((first, amber, birch), (second, birch, amber)):
                    answer = _text(session.scalars(statement).all())
                    if not shown(answer, own_chapter) or shown(answer, foreign_chapter):
                        yield f"{table}: {own_chapter.name} reads {answer}"
                    session.expire_all()


def _key(model: Model, row: dict[str, Any]) -> tuple[UUID, ...]:
    return tuple(row[column.name] for column in model.__mapper__.primary_key)


def _of(model: Model) -> Any:
    """Return the column that holds the chapter of a row."""
    return model.chapter_id if hasattr(model, "chapter_id") else model.id


def _owner_of(row: dict[str, Any]) -> UUID:
    owner: UUID = row.get("chapter_id", row["id"])
    return owner


# Each read gets another chapter's row and tries to read it, or all rows.
READS: dict[str, Callable[[Session, Model, dict[str, Any]], Any]] = {
    "get": lambda s, m, row: s.get(m, _key(m, row)),
    "get with populate_existing": lambda s, m, row: s.get(m, _key(m, row), populate_existing=True),
    "select": lambda s, m, row: s.scalars(select(m)).all(),
    "select of its key": lambda s, m, row: s.scalars(select(m).where(_of(m) == _owner_of(row))).all(),
    "select by id": lambda s, m, row: s.scalars(select(m).where(m.id == row["id"])).all(),
    "alias": lambda s, m, row: s.scalars(select(aliased(m))).all(),
    "self join": lambda s, m, row: _self_join(s, m),
    "subquery": lambda s, m, row: s.scalars(select(aliased(m, select(m).subquery()))).all(),
    "cte": lambda s, m, row: s.execute(select(select(m).cte())).all(),
    "union": lambda s, m, row: s.execute(union_all(select(m.id), select(m.id))).all(),
    "exists": lambda s, m, row: (
        s.scalars(select(1).where(exists(select(m).where(m.id == row["id"])))).all() and row["id"]
    ),
    "count": lambda s, m, row: s.scalar(select(func.count()).select_from(m).where(m.id == row["id"])) and row["id"],
    "selectinload": lambda s, m, row: s.scalars(select(m).options(selectinload("*"))).all(),
    "joinedload": lambda s, m, row: s.scalars(select(m).options(joinedload("*")).limit(10)).unique().all(),
    "subqueryload": lambda s, m, row: s.scalars(select(m).options(subqueryload("*"))).all(),
    "query": lambda s, m, row: s.query(m).all(),
    "columns": lambda s, m, row: s.execute(select(*m.__table__.columns)).all(),
    "text": lambda s, m, row: s.execute(text(f"select * from {m.__tablename__}")).all(),
    "from_statement": lambda s, m, row: s.scalars(
        select(m).from_statement(text(f"select * from {m.__tablename__}"))
    ).all(),
    "its connection": lambda s, m, row: s.connection().execute(select(m.__table__)).all(),
    "another engine's pool": lambda s, m, row: _raw(m),
}


PLAIN_SQL = {"columns", "text", "from_statement", "its connection", "another engine's pool", "union", "count", "exists"}


WRITES: dict[str, Callable[[Session, Model, SampleChapter], int]] = {
    "bulk update of all": lambda s, m, birch: _count(s, update(m).where(true()).values(id=m.id)) - 1,
    "bulk delete of all": lambda s, m, birch: _count(s, delete(m).where(true())) - 1,
    "bulk update": lambda s, m, birch: _count(s, update(m).where(_of(m) == birch.chapter_id).values(id=m.id)),
    "bulk delete": lambda s, m, birch: _count(s, delete(m).where(_of(m) == birch.chapter_id)),
    "add": lambda s, m, birch: _flushed(s, lambda: s.add(m(**_json(fresh(birch, m.__tablename__))))),
    "merge": lambda s, m, birch: _flushed(s, lambda: s.merge(m(**_json(birch.rows[m.__tablename__])))),
    "bulk insert": lambda s, m, birch: _flushed(
        s, lambda: s.execute(insert(m), [_json(fresh(birch, m.__tablename__))])
    ),
    "Core insert": lambda s, m, birch: _flushed(
        s, lambda: s.execute(insert(m.__table__), [_json(fresh(birch, m.__tablename__))])
    ),
    "update by key": lambda s, m, birch: _flushed(
        s, lambda: s.execute(update(m), [_json(birch.rows[m.__tablename__])])
    ),
    "delete of a stray": lambda s, m, birch: _flushed(s, lambda: _delete_stray(s, m, birch)),
}


def _count(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return max(int(result.rowcount), 0)


def _flushed(session: Session, act: Callable[[], object]) -> int:
    act()
    session.flush()
    return 1


def _delete_stray(session: Session, model: Model, birch: SampleChapter) -> None:
    stray = model(**_json(birch.rows[model.__tablename__]))
    make_transient_to_detached(stray)
    session.delete(stray)


def _self_join(session: Session, model: Model) -> Any:
    left, right = aliased(model), aliased(model)
    return session.execute(select(left, right).join(right, true(), isouter=True)).all()


def _raw(model: Model) -> Any:
    with db.engines["web"].connect() as connection:
        return connection.execute(select(model.__table__)).all()


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.obj if isinstance(value, Jsonb) else value for name, value in row.items()}


def _text(answer: Any) -> str:
    return "\n".join(_flat(answer))


def _flat(answer: Any) -> Iterator[str]:
    """Yield the texts in an answer: the loaded columns of each object, and other values as text."""
    if answer is None:
        return
    if isinstance(answer, Base):
        yield str({k: v for k, v in vars(answer).items() if not k.startswith("_") and not isinstance(v, Base | list)})
    elif isinstance(answer, list | tuple) or hasattr(answer, "_mapping"):
        for part in answer:
            yield from _flat(part)
    else:
        yield str(answer)


# Free columns and values: every table on which the web has an unrestricted update has one of these columns.
WRITABLE: dict[str, object] = {"name": "новое anew", "title": "anew", "what_changed": "anew", "numerator": 4}


def _walk_relations(model: Model, amber: SampleChapter, table: str) -> None:
    for relation in model.__mapper__.relationships:
        with rolled_back(ChapterScope(amber.chapter_id)) as session:
            instance = session.get(model, _key(model, amber.rows[table]))
            _text(getattr(instance, relation.key))
            session.refresh(instance)


def _write_own(model: Model, amber: SampleChapter, table: str) -> None:
    with rolled_back(ChapterScope(amber.chapter_id)) as session:
        if ("insert", None) in grants.granted("web", table) and table != lists.CHAPTERS:
            session.add(model(**_json(fresh(amber, table))))
            session.flush()
        if ("update", None) in grants.granted("web", table):
            instance = session.get(model, _key(model, amber.rows[table]))
            assert instance is not None
            column, anew = next(item for item in WRITABLE.items() if hasattr(model, item[0]))
            setattr(instance, column, anew)
            session.flush()
            session.execute(update(model).values({column: anew}))


CHECKS: tuple[Check, ...] = (
    relations_stay_inside,
    criteria_do_not_remember,
    every_statement_names_the_chapter,
    the_orm_writes_one_chapter,
    the_orm_reads_one_chapter,
)
