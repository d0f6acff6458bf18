"""Times two ways of doing one thing in turns, so that a noisy minute hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
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

    def __str__(self) -> str:
        return (
            f"{self.name:<42} {self.ours_ms:7.1f} ms (p95 {self.ours_p95_ms:.1f}), "
            f"floor {self.floor_ms:.1f} ms, {self.ratio:.2f} times"
        )


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


def table(sizes: Sequence[int], seen: Mapping[str, Sequence[Result]]) -> str:
    """Return what was measured as Markdown: per size ours, p95 and the ratio, then the growth."""
    lines = [
        "| | " + " | ".join(f"{size:,} customers" for size in sizes) + " | growth |",
        "|---|" + "---|" * (len(sizes) + 1),
    ]
    for name, results in seen.items():
        cells = [
            f"{result.ours_ms:.1f} ms (p95 {result.ours_p95_ms:.1f}), {result.ratio:.2f} × floor"
            for result in results
        ]
        growth = results[-1].ours_ms / results[0].ours_ms
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {growth:.2f} |")
    return "\n".join(lines)
