"""What somebody tells of a call, before it is checked and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from followups.calling.outcomes import OUTCOMES, Outcome
from followups.models import CallKind

# What the caller writes down; everything else on the line the house knows itself.
WORDS = (
    "contact_name",
    "vehicle_use",
    "opinion",
    "new_needs",
    "requests",
    "hopes",
    "complaints",
    "told",
    "answered_now",
    "to_study",
    "note",
)
ANSWERS = (*WORDS, "scores", "score_reasons", "promise_kept")


@dataclass(frozen=True)
class Reply:
    """What the customer said to one follow-up of the agenda.

    Attributes:
        satisfied: with the answer that he was told; None if nobody asked.
        answer: to an invitation, one of `InvitationAnswer`; empty if he said none.
        guests: how many he brings besides himself.
        wants_letter: None if nobody asked.
    """

    satisfied: bool | None = None
    answer: str = ""
    guests: int = 0
    wants_letter: bool | None = None


@dataclass(frozen=True)
class Told:
    """What somebody tells of a call.

    Attributes:
        operation: a number of the sender's; sent twice, the call is written once.
        agenda: follow-up → whether this call settles it. None: all that is due, if the
            outcome closes.
        callback_at: when the customer wants to be called.
        answers: values of `ANSWERS`.
        replies: follow-up → what the customer said to it, as far as it asks him something.
        phone_used: the number dialed, or that called.
    """

    outcome: str
    started_at: datetime
    operation: UUID
    phone_used: str = ""
    agenda: Mapping[int, bool] | None = None
    callback_at: datetime | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    replies: Mapping[int, Reply] = field(default_factory=dict)
    kind: str = CallKind.OTHER

    def reply_to(self, follow_up: int) -> Reply:
        return self.replies.get(follow_up, Reply())

    @property
    def result(self) -> Outcome:
        return OUTCOMES[self.outcome]
