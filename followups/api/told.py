"""What a client tells of a call, whoever called whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.api.idempotency import HEADER
from aftersales.api.serializers import StrictInput
from aftersales.http import StaffApiRequest
from customers import phones
from followups.api.follow_ups import LARGEST_ID
from followups.calling.outcomes import OutcomeCode
from followups.calling.questions import QUESTIONS, Question
from followups.models import Call, InvitationAnswer
from followups.services.invitations import MOST_GUESTS
from followups.services.told import ANSWERS, Reply, Told

LARGEST_NUMBER = 2**31 - 1
LONGEST_ANSWER = 2000


class ScoresInput(StrictInput):
    """The answers to the survey: yes is 1, no is 0."""

    def get_fields(self) -> dict[str, Any]:
        return {key: _answer(question) for key, question in QUESTIONS.items()}


class ScoreReasonsInput(StrictInput):
    """Why a score was low, in the customer's words."""

    def get_fields(self) -> dict[str, Any]:
        return {
            key: serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_ANSWER)
            for key, question in QUESTIONS.items()
            if question.is_score
        }


class AnswersInput(StrictInput, serializers.ModelSerializer[Call]):
    scores = ScoresInput(required=False)
    score_reasons = ScoreReasonsInput(required=False)

    class Meta:
        model = Call
        fields = list(ANSWERS)


class InvitationReplyInput(StrictInput):
    """What the customer said to an invitation."""

    answer = serializers.ChoiceField(choices=InvitationAnswer.choices)
    guests = serializers.IntegerField(min_value=0, max_value=MOST_GUESTS, default=0)
    wants_letter = serializers.BooleanField(allow_null=True, default=None)


class AgendaInput(StrictInput):
    follow_up = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    settled = serializers.BooleanField(help_text="false: talked about, but still owed")
    satisfied = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="with the answer he was told; an answer is settled by this word only",
    )
    invitation = InvitationReplyInput(
        required=False, help_text="needed to settle the notice of a campaign"
    )


class CallInput(AnswersInput):
    """A call that is over. Its `started_at` is now unless it says otherwise."""

    outcome = serializers.ChoiceField(choices=OutcomeCode.choices)
    phone_used = serializers.CharField(max_length=40, help_text="the number dialed")
    started_at = serializers.DateTimeField(required=False, help_text="default: now")
    callback_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="when the customer wants to be called"
    )
    agenda = AgendaInput(
        many=True, required=False, help_text="default: everything due, settled if the outcome says"
    )

    class Meta(AnswersInput.Meta):
        fields = [*ANSWERS, "outcome", "phone_used", "started_at", "callback_at", "agenda"]

    def validate_phone_used(self, typed: str) -> str:
        return phones.parse(typed).e164 or typed

    def validate_agenda(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({item["follow_up"] for item in items}) != len(items):
            raise serializers.ValidationError(_("Name each follow-up once."))
        return items


def told(said: dict[str, Any], *, request: StaffApiRequest, now: datetime) -> Told:
    """Return the call of which a valid body tells."""
    return Told(
        outcome=said["outcome"],
        started_at=said.get("started_at", now),
        operation=operation(request),
        phone_used=said.get("phone_used", ""),
        agenda=_settled(said["agenda"]) if "agenda" in said else None,
        callback_at=said.get("callback_at"),
        answers=answers(said),
        replies={item["follow_up"]: _reply(item) for item in said.get("agenda", [])},
        **({"kind": said["kind"]} if "kind" in said else {}),
    )


def answers(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ANSWERS if name in said}


def operation(request: StaffApiRequest) -> UUID:
    """Return the number of the operation: each client's key stands for one."""
    return uuid5(NAMESPACE_URL, f"{request.user.pk}:{request.headers[HEADER]}")


def _settled(items: list[dict[str, Any]]) -> dict[int, bool]:
    return {item["follow_up"]: item["settled"] for item in items}


def _reply(item: dict[str, Any]) -> Reply:
    return Reply(satisfied=item["satisfied"], **item.get("invitation", {}))


def _answer(question: Question) -> serializers.Field[Any, Any, Any, Any]:
    text = str(question.text)
    if question.answers is None:
        return serializers.CharField(
            required=False, allow_blank=True, max_length=LONGEST_ANSWER, help_text=text
        )
    return serializers.IntegerField(
        required=False,
        min_value=question.answers[0],
        max_value=question.answers[-1],
        help_text=text,
    )
