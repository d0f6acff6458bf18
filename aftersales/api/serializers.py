"""Shapes of input: nothing unknown, and no objects that the client may not see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

VERSION_TAG = re.compile(r'"[0-9]{1,10}"')


class StrictInput(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelled one must not pass unnoticed."""

    default_error_messages = {"unknown": _("There is no such field, or it cannot be written.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {field.field_name for field in self._writable_fields}
            if unknown := sorted(set(data) - known):
                message = self.error_messages["unknown"]
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail(str(message), "unknown")] for name in unknown}
                )
        return super().to_internal_value(data)


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
