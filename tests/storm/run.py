"""Run a storm over the product, then over the naive sender, and print the counts of the mail server.

`python tests/storm/run.py [--seed 7] [--seconds 60] [--only product]`; exit 1 if the product lost or doubled a mail.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # tests/ is a source root, this folder is not

import structlog  # noqa: E402
from storm.environment import Outcome  # noqa: E402
from storm.naive_sender import storm_over_naive  # noqa: E402
from storm.product import storm_over_product  # noqa: E402
from storm.workload import LATE_SECONDS  # noqa: E402

STORMS = {"product": storm_over_product, "naive": storm_over_naive}


def main() -> int:
    """Run the chosen storms, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=STORMS)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # exit normally, to remove the folders
    _say(f"Seed {options.seed}. Late is more than {LATE_SECONDS:.0f} s after a mail could first have gone out.")
    outcomes = {name: _run(name, options) for name in STORMS if options.only in (None, name)}
    product = outcomes.get("product")
    return int(product is not None and not product.count.is_right)


def _run(name: str, options: argparse.Namespace) -> Outcome:
    outcome = STORMS[name](options.seed, options.seconds)
    _say(*outcome.lines())
    return outcome


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - the output of the script


if __name__ == "__main__":
    sys.exit(main())
