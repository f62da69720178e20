"""Every benchmark runs with few rows. No time is checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.registry import BENCHMARKS

RUN = Path(__file__).with_name("run.py")


def test_every_benchmark_runs_and_says_its_ratio_and_its_goal() -> None:
    process = subprocess.run([sys.executable, RUN, "--small"], capture_output=True, text=True, check=False, timeout=120)
    assert process.returncode == 0, process.stderr
    for name in BENCHMARKS:
        outcome_line = next((line for line in process.stdout.splitlines() if line.startswith(f"{name}: ")), "")
        assert " | ratio " in outcome_line, f"{name} said nothing: {process.stdout}"
        assert " | goal <= " in outcome_line


def test_a_benchmark_that_is_not_there_is_refused_before_anything_is_started() -> None:
    process = subprocess.run(
        [sys.executable, RUN, "home-of-nobody"], capture_output=True, text=True, check=False, timeout=60
    )
    assert process.returncode == 2
    assert "there is no benchmark home-of-nobody" in process.stderr
