"""A benchmark that no longer runs is noticed here: each runs with few rows, and no time is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.registry import BENCHMARKS

RUN = Path(__file__).with_name("run.py")


def test_every_benchmark_runs_and_says_its_ratio_and_its_goal() -> None:
    done = subprocess.run([sys.executable, RUN, "--small"], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    for name in BENCHMARKS:
        said = next((line for line in done.stdout.splitlines() if line.startswith(f"{name}: ")), "")
        assert " | ratio " in said, f"{name} said nothing: {done.stdout}"
        assert " | goal <= " in said


def test_a_benchmark_that_is_not_there_is_refused_before_anything_is_started() -> None:
    done = subprocess.run(
        [sys.executable, RUN, "home-of-nobody"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "there is no benchmark home-of-nobody" in done.stderr
