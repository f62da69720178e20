"""The limits of `make measure`, and tests of the measures. docs/style.md has the reasons."""

from __future__ import annotations

from pathlib import Path

from rules import measure
from rules.bindings import bindings, is_vague
from rules.imports import components
from rules.sources import prose, python_files
from rules.terms import Identifier, identifiers, page_terms, private_terms, words

SOURCE = """
total = 0
def outer(self, found, *, kind):
    with open(kind) as held:
        said = [each for each, index in held]
    try:
        if (told := total): return told
    except ValueError as error:
        pass
class Term:
    ended: bool = False
    def __eq__(self, other): return True
    def joined(self, other): return other
"""


def test_the_root_of_the_web_package_holds_few_modules() -> None:
    assert len(measure.root_modules()) <= measure.MAX_ROOT_MODULES, measure.root_modules()


def test_no_package_of_the_domain_is_in_an_import_cycle() -> None:
    assert measure.cycles() == []


def test_a_cycle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": {"f"}, "f": {"e"}, "g": set[str]()}
    assert components(graph) == [["a", "b", "c"], ["e", "f"]]


def test_folders_hold_few_modules() -> None:
    counts = measure.modules_by_folder()
    assert {folder: count for folder, count in counts.items() if count > measure.MAX_MODULES} == {}


def test_lines_of_templates_are_short() -> None:
    assert measure.long_lines() == []


def test_variables_are_neither_pronouns_nor_participles() -> None:
    assert len(measure.vague_bindings()) < measure.MAX_VAGUE * len(measure.all_bindings())


def test_every_kind_of_binding_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text(SOURCE, encoding="utf-8")
    places = [(binding.function, binding.name) for binding in bindings(path)]
    assert sorted(name for function, name in places if function == "outer") == sorted(
        ["self", "found", "kind", "held", "said", "each", "index", "told", "error"]
    )
    assert sorted(place for place in places if place[0] != "outer") == [
        ("", "total"), ("Term.__eq__", "self"), ("Term.joined", "other"), ("Term.joined", "self"),
    ]  # fmt: skip


def test_a_pronoun_or_a_participle_is_a_whole_name() -> None:
    assert all(map(is_vague, ("found", "HELD", "_hers", "who", "each", "opened", "said_")))
    assert not any(map(is_vague, ("rows", "found_rows", "is_complete", "seed", "expected", "__all__", "kind")))


def test_private_terms_are_few_and_on_the_style_page() -> None:
    assert 0 < len(page_terms()) <= measure.MAX_TERMS
    assert measure.terms_left() == {}


def test_the_style_page_names_no_term_that_is_gone() -> None:
    names = (name for path in python_files(*measure.CODE) for name in identifiers(path))
    spelling = {word for name in names for word in words(name.name)}
    assert set(page_terms()) - spelling == set()


def test_a_class_has_a_name_of_its_own() -> None:
    assert measure.repeated_classes() == []


def test_docstrings_and_comments_do_not_assume_who_somebody_is() -> None:
    assert measure.vague_prose() == []


def test_docstrings_and_comments_are_read(tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text('def sign_in():\n    """Ask her."""\n    return "she"  # Whoever signs in\n', encoding="utf-8")
    assert [(line, measure.VAGUE_PROSE.findall(text) != []) for line, text in prose(path)] == [(2, True), (3, True)]


def test_a_private_term_is_a_word_of_a_name() -> None:
    names = [("ReadErrand", True), ("duties", False), ("told", False), ("told", True), ("dutyfree", True)]
    places = private_terms(Identifier(Path("x.py"), line, name, defines) for line, (name, defines) in enumerate(names))
    assert {term: [name.line for name in places[term]] for term in places} == {
        "errand": [0], "duty": [1], "told": [3],
    }  # fmt: skip
