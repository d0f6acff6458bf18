"""Two people wrote the same fields: what stands there now beside what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from aftersales.changes import readable
from aftersales.refusals import ChangedMeanwhile


@dataclass(frozen=True)
class Difference:
    """A field that two people wrote: what stands in the file and what was typed here."""

    field: BoundField
    in_file: str
    typed: str


def compared(form: Any, changes: Mapping[str, Any], conflict: ChangedMeanwhile) -> dict[str, Any]:
    """Put both versions side by side; saving once more writes over the one in the file."""
    current: Any = conflict.current
    form.data = form.data.copy()
    form.data["version"] = current.version
    differences = []
    for name, typed in changes.items():
        in_file = getattr(current, name)
        if in_file != typed:
            column = form._meta.model._meta.get_field(name)
            written = readable(column, in_file), readable(column, typed)
            differences.append(Difference(form[name], *written))
    return {"form": form, "conflict": conflict, "differences": differences}
