"""Times two ways of doing one thing in turns, so that a noisy minute hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Task:
    """One thing to do for each of several inputs, here and by the best other way known."""

    name: str
    ours: Callable[[str], object]
    floor: Callable[[str], object]
    inputs: Sequence[str]


@dataclass(frozen=True)
class Result:
    """Medians over all inputs in milliseconds, and how many times the floor ours took."""

    name: str
    ours_ms: float
    ours_p95_ms: float
    floor_ms: float
    ratio: float


def run(task: Task) -> Result:
    """Warm up once, then time every input in `ROUNDS` rounds, ours and floor in turns.

    The ratio is the median of the rounds' ratios.
    """
    for value in task.inputs:
        task.ours(value)
        task.floor(value)
    ours: list[float] = []
    floor: list[float] = []
    ratios = []
    for _ in range(ROUNDS):
        round_ours = [_milliseconds(task.ours, value) for value in task.inputs]
        round_floor = [_milliseconds(task.floor, value) for value in task.inputs]
        ratios.append(statistics.median(round_ours) / statistics.median(round_floor))
        ours += round_ours
        floor += round_floor
    return Result(
        task.name,
        statistics.median(ours),
        statistics.quantiles(ours, n=20)[-1],
        statistics.median(floor),
        statistics.median(ratios),
    )


def _milliseconds(action: Callable[[str], object], value: str) -> float:
    start = time.perf_counter()
    action(value)
    return (time.perf_counter() - start) * 1000
