"""All checks of the kernel's sessions, the quick ones first."""

from __future__ import annotations

from collections.abc import Iterator

from isolation.rows import SampleChapter
from isolation.sessions import orm_checks, scope_checks

CHECKS = (*scope_checks.CHECKS, *orm_checks.CHECKS)


def violations(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Yield the violations of all checks, each prefixed with the name of its check."""
    for check in CHECKS:
        try:
            for sentence in check(amber, birch):
                yield f"{check.__name__}: {sentence}"
        except Exception as error:  # noqa: BLE001  (a mutated kernel may raise any error; each is a violation)
            yield f"{check.__name__}: raises {type(error).__name__}: {error}"
