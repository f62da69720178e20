"""The benchmarks by name. ARCHITECTURE section 11 has their goals."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import clocks, compiling, home, sending
from benchmarks.environment import Environment
from benchmarks.timing import Outcome

BENCHMARKS: dict[str, Callable[[Environment], Outcome]] = {
    "full-compile": compiling.full,
    "one-report": compiling.one_report,
    "home-among-many": home.among_many,
    "home-against-bare": home.against_bare,
    "who-is-due": clocks.due_clocks,
    "digests-sent": sending.digests,
}
