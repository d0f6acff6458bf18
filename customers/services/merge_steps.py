"""What a merge does, one step after the other, as it is kept for undoing it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.core import serializers
from django.db import models

from customers.models import Customer


class Steps(list[dict[str, Any]]):
    """What a merge did, in order: undoing it takes the steps back from the last to the first."""

    def move(self, rows: models.QuerySet[models.Model], name: str, survivor: Customer) -> None:
        """Let rows point at the survivor by their field `name`."""
        keys = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        if keys:
            rows.update(**{name: survivor})
            self.append({"moved": rows.model._meta.label_lower, "field": name, "keys": keys})

    def change(self, row: models.Model, values: dict[str, Any]) -> None:
        before = written(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        after = written(row, values)
        self.append(
            {"changed": row._meta.label_lower, "key": row.pk, "before": before, "after": after}
        )

    def drop(self, row: models.Model) -> None:
        self.append({"dropped": json.loads(serializers.serialize("json", [row]))})
        row.delete()


def written(row: models.Model, names: Collection[str]) -> dict[str, Any]:
    """Return some fields of a row as they are kept in JSON."""
    fixture = json.loads(serializers.serialize("json", [row], fields=names))
    fields: dict[str, Any] = fixture[0]["fields"]
    return fields
