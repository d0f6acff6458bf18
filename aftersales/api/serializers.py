"""Shapes of input: nothing unknown, and no objects that the client may not see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

VERSION_TAG = re.compile(r'"[0-9]{1,10}"')


# What JSON has for a field. A phone number that comes as a number has lost its zeros already.
JSON_TYPES: dict[type[serializers.Field[Any, Any, Any, Any]], type] = {
    serializers.BooleanField: bool,
    serializers.CharField: str,
    serializers.DecimalField: str,
    serializers.IntegerField: int,
}


class StrictInput(serializers.Serializer[Any]):
    """Refuses fields that it does not know, and values of another type than the field's.

    A misspelled field must not pass unnoticed.
    """

    default_error_messages = {
        "unknown": _("There is no such field, or it cannot be written."),
        "wrong_type": _("This is a value of another type."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {field.field_name: field for field in self._writable_fields}
            wrong = dict.fromkeys(sorted(set(data) - known.keys()), "unknown") or {
                name: "wrong_type"
                for name, value in data.items()
                if value is not None and not _has_type_of(known[name], value)
            }
            if wrong:
                raise serializers.ValidationError(
                    {
                        name: [serializers.ErrorDetail(str(self.error_messages[code]), code)]
                        for name, code in wrong.items()
                    }
                )
        return super().to_internal_value(data)


def _has_type_of(field: serializers.Field[Any, Any, Any, Any], value: object) -> bool:
    for kind, wanted in JSON_TYPES.items():
        if isinstance(field, kind):
            return type(value) is wanted
    return True


class VersionedInput(StrictInput):
    """Changes to an object as the client has read it: `version`, or the header If-Match."""

    version = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "version" not in attrs:
            tag = self.context["request"].headers.get("If-Match", "")
            if not VERSION_TAG.fullmatch(tag):
                raise serializers.ValidationError(
                    {"version": _("Say which version you have read.")}
                )
            attrs["version"] = int(tag.strip('"'))
        return attrs


class VisibleKey(serializers.PrimaryKeyRelatedField[Any]):
    """The id of an object that the client may see; others do not exist for him."""

    def __init__(self, model: type[Model], **options: Any) -> None:
        self.model = model
        super().__init__(
            queryset=model._default_manager.none(), pk_field=serializers.IntegerField(), **options
        )

    def get_queryset(self) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        return visible


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody of the staff, as others see him."""

    id = serializers.IntegerField()
    name = serializers.CharField()
