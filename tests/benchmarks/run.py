"""Run benchmarks and print a line for each: `python tests/benchmarks/run.py [--small] [NAME ...]`.

No time makes a run fail: the figures are for people. `--small` only shows that all benchmarks still run.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import signal
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # tests/ is a source root, this folder is not

import structlog  # noqa: E402
from benchmarks.environment import running_environment  # noqa: E402
from benchmarks.registry import BENCHMARKS  # noqa: E402


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--small", action="store_true", help="few rows, few repeats: the figures mean nothing")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    _say(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # exit normally, to remove the folder
    with running_environment(small=options.small) as environment:
        for name in options.names or BENCHMARKS:
            before = os.getloadavg()[0]
            outcome = BENCHMARKS[name](environment)
            extra_lines = [extra_outcome.line() for extra_outcome in outcome.also]
            _say(
                outcome.line(),
                *extra_lines,
                *outcome.notes,
                f"load {before:.1f} before, {os.getloadavg()[0]:.1f} after",
            )


def _say(line: str, *notes: str) -> None:
    print("\n    ".join([line, *notes]), flush=True)  # noqa: T201 - the output of the script


if __name__ == "__main__":
    main()
