"""What an audience comes to before the decision, and a campaign after it, as numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from followups.campaigns.calling_team import plan_campaign_back
from followups.campaigns.invited import LeftOut, Reach


class PlanSerializer(serializers.Serializer[Any]):
    """The calls, planned backward from the first day."""

    calls = serializers.IntegerField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    is_late = serializers.BooleanField()
    is_possible = serializers.BooleanField()
    possible = serializers.IntegerField()
    missing = serializers.IntegerField()
    begin_on = serializers.DateField(allow_null=True)
    move_to = serializers.DateField(allow_null=True)
    more_callers = serializers.IntegerField()


class CountSerializer(serializers.Serializer[Any]):
    chosen = serializers.IntegerField()
    invited = serializers.IntegerField()
    left_out = serializers.SerializerMethodField(help_text="reason → customers")
    unknown = serializers.ListField(child=serializers.CharField())
    plan = PlanSerializer(allow_null=True)

    @extend_schema_field(
        {
            "type": "object",
            "properties": {reason.value: {"type": "integer"} for reason in LeftOut},
            "additionalProperties": False,
        }
    )
    def get_left_out(self, found: dict[str, Any]) -> dict[str, int]:
        left_out: dict[str, int] = found["left_out"]
        return left_out


class PartSerializer(serializers.Serializer[Any]):
    customers = serializers.IntegerField()
    with_order = serializers.IntegerField()
    orders = serializers.IntegerField()
    revenue = serializers.DecimalField(max_digits=20, decimal_places=2)


class ResultsSerializer(serializers.Serializer[Any]):
    """Each part lies within the one before it; `others` are all who were not invited."""

    first = serializers.DateField(help_text="the first day whose orders count")
    last = serializers.DateField()
    invited = PartSerializer()
    told = PartSerializer()
    accepted = PartSerializer()
    came = PartSerializer()
    others = PartSerializer()


def counted(reach: Reach, starts_on: date | None, *, today: date) -> dict[str, Any]:
    plan = None
    if starts_on is not None and starts_on > today:
        plan = plan_campaign_back(reach.invited, starts_on=starts_on, today=today)
    found = {
        "chosen": reach.chosen,
        "invited": reach.invited,
        "left_out": {reason.value: many for reason, many in reach.left_out.items()},
        "unknown": reach.unknown,
        "plan": plan,
    }
    return dict(CountSerializer(found).data)
