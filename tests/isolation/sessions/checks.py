"""Everything the kernel's sessions promise, the quick checks first."""

from __future__ import annotations

from collections.abc import Iterator

from isolation.rows import SampleChapter
from isolation.sessions import orm_checks, scope_checks

CHECKS = (*scope_checks.CHECKS, *orm_checks.CHECKS)


def violations(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Yield everything wrong that any check finds, each with the check's name before it."""
    for check in CHECKS:
        try:
            for sentence in check(amber, birch):
                yield f"{check.__name__}: {sentence}"
        except Exception as error:  # noqa: BLE001  (a broken kernel breaks in any way; each is a finding)
            yield f"{check.__name__}: raises {type(error).__name__}: {error}"
