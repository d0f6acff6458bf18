"""Where the parts of a chart stand; templates draw them as SVG, style sheets give the colors.

Every chart has its numbers in a table as well. Lengths are those of the SVG's own plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

# Of columns and lines: how wide a place is, how much of it a column takes, where they stand.
PLACE, COLUMN = 40, 26
LEFT, TOP, HEIGHT = 36, 20, 110

Number: TypeAlias = int | Decimal
# What a style sheet colors, and how much of it there is.
Share: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Box:
    """A part of a bar or a column; `tone` names what it stands for."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A text, or a dot, at a place; an empty dot has no `text`."""

    x: float
    y: float
    text: str = ""


@dataclass(frozen=True)
class Plot:
    """A chart over several places: its frame, what stands in it, and what is written beside."""

    width: int
    grid: Sequence[Mark]
    labels: Sequence[Mark]
    boxes: Sequence[Box] = ()
    values: Sequence[Mark] = ()
    lines: Sequence[str] = ()

    height = TOP + HEIGHT + 20
    left = LEFT
    right_of_grid = LEFT - 6
    base = TOP + HEIGHT


def bar(shares: Sequence[Share], *, most: int) -> list[Box]:
    """Lay parts end to end, as percentages of the longest bar, which holds `most`."""
    boxes: list[Box] = []
    at = 0.0
    for tone, count in shares:
        length = round(100 * count / most, 2) if most else 0.0
        if count:
            boxes.append(Box(tone, round(at, 2), 0, length, 10))
        at += length
    return boxes


def columns(stacks: Sequence[tuple[str, Sequence[Share]]]) -> Plot:
    """Stand each stack over its label, its first part at the bottom, its sum on top."""
    sums = [sum(count for _tone, count in shares) for _label, shares in stacks]
    most = _round_up(max(sums, default=0))
    boxes, values = [], []
    for place, (_label, shares) in enumerate(stacks):
        below = 0
        for tone, count in shares:
            top, bottom = _y(below + count, most), _y(below, most)
            if count:
                x = LEFT + PLACE * place + (PLACE - COLUMN) / 2
                boxes.append(Box(tone, x, top, COLUMN, round(bottom - top, 1)))
            below += count
        if below:
            values.append(Mark(_middle(place), _y(below, most) - 4, str(below)))
    labels = [label for label, _shares in stacks]
    return Plot(_width(stacks), _grid(most), _labels(labels), boxes=boxes, values=values)


def line(points: Sequence[tuple[str, Number | None]], *, most: int) -> Plot:
    """Join neighboring values; where there is none the line is broken."""
    runs: list[list[str]] = [[]]
    values = []
    for place, (_label, value) in enumerate(points):
        if value is None:
            runs.append([])
            continue
        x, y = _middle(place), _y(value, most)
        runs[-1].append(f"{x},{y}")
        values.append(Mark(x, y, f"{value:.0f}"))
    return Plot(
        _width(points),
        _grid(most),
        _labels([label for label, _value in points]),
        values=values,
        lines=[" ".join(run) for run in runs if len(run) > 1],
    )


def _width(places: Sequence[object]) -> int:
    return LEFT + PLACE * len(places)


def _middle(place: int) -> float:
    return LEFT + PLACE * (place + 0.5)


def _y(value: Number, most: int) -> float:
    return round(TOP + HEIGHT - HEIGHT * float(value) / most, 1)


def _grid(most: int) -> list[Mark]:
    return [Mark(0, _y(value, most), str(value)) for value in (0, most // 2, most)]


def _labels(words: Sequence[str]) -> list[Mark]:
    return [Mark(_middle(place), TOP + HEIGHT + 15, word) for place, word in enumerate(words)]


def _round_up(most: int) -> int:
    """Return the least even number with one digit before its zeros that is not less."""
    size = int("1".ljust(len(str(most)), "0"))
    rounded = -(-max(most, 2) // size) * size
    return rounded + rounded % 2
