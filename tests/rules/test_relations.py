"""Relations between chapter-owned rows use only `belongs_to` and `has_many` of tenants/db.py."""

from __future__ import annotations

import ast
from typing import Any

from rules.sources import calls, python_files
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, RelationshipProperty, configure_mappers, mapped_column
from sqlalchemy.orm import relationship as plain_relationship

import tenants.models
from tenants.db import Base, ChapterItself, ChapterOwned, belongs_to

assert tenants.models


def faults(relation: RelationshipProperty[Any]) -> list[str]:
    """Return the faults of a relation between chapter-owned rows."""
    name = f"{relation.parent.class_.__name__}.{relation.key}"
    messages = []
    if relation.secondary is not None:
        messages.append(f"{name}: a table between")
    columns = {column.name for _, column in relation.synchronize_pairs}
    if "chapter_id" in columns or len(relation.synchronize_pairs) != 1:
        messages.append(f"{name}: writes {sorted(columns)}, so unlinking blanks a key")
    pairs = {(left.name, right.name) for left, right in relation.local_remote_pairs or []}
    if ("chapter_id", "chapter_id") not in pairs and "chapter_id" not in str(relation.primaryjoin):
        messages.append(f"{name}: does not say that both are of one chapter")
    if relation.cascade.delete or relation.cascade.delete_orphan:
        messages.append(f"{name}: deletes with it")
    return messages


def _owned(mapper: Mapper[Any]) -> bool:
    return issubclass(mapper.class_, ChapterOwned | ChapterItself)


def test_every_relation_has_the_one_form() -> None:
    configure_mappers()
    relations = [
        relation
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if _owned(mapper) or _owned(relation.mapper)
    ]
    assert relations, "there are none, so this proves nothing"
    assert [fault for relation in relations for fault in faults(relation)] == []


def test_only_the_kernel_calls_relationship() -> None:
    places = [
        f"{path}:{line}"
        for path in python_files()
        for line, name, _ in calls(path)
        if name.rpartition(".")[2] == "relationship"
    ]
    assert {place.partition(":")[0] for place in places} == {"tenants/db.py"}


def test_a_plain_relation_is_found_out() -> None:
    class Other(DeclarativeBase): ...

    class Parent(Other):
        __tablename__ = "parents"
        chapter_id: Mapped[int] = mapped_column(primary_key=True)
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Other):
        __tablename__ = "children"
        chapter_id: Mapped[int] = mapped_column(primary_key=True)
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int]
        naive: Mapped[Parent] = plain_relationship(Parent, overlaps="right")
        right: Mapped[Parent] = belongs_to("Parent", source="Child", by="parent_id")
        __table_args__ = (ForeignKeyConstraint(["chapter_id", "parent_id"], ["parents.chapter_id", "parents.id"]),)

    Other.registry.configure()
    assert faults(Child.__mapper__.relationships["naive"])
    assert faults(Child.__mapper__.relationships["right"]) == []


def test_a_key_to_another_row_is_made_by_chapter_key() -> None:
    """A foreign key on one column may reference a chapter, a person or a platform table, never a chapter-owned row."""
    misplaced_rows = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if "chapter_id" in key.column.table.primary_key and len(key.constraint.elements) == 1  # type: ignore[union-attr]
    ]
    assert misplaced_rows == []


def test_no_model_deletes_or_blanks_by_itself() -> None:
    places = [
        f"{path}:{line}"
        for path in python_files()
        for line, _, call in calls(path)
        for keyword in call.keywords
        if keyword.arg in {"ondelete", "onupdate"}
        and isinstance(keyword.value, ast.Constant)
        and str(keyword.value.value).upper() not in {"CASCADE", "RESTRICT", "NO ACTION"}
    ]
    assert places == []
