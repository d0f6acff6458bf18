"""What the queue and the call desk read with an argument."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField

from aftersales.models import User
from followups.calling import reasons
from followups.calling.desk import Desk
from followups.calling.queue import Entry
from followups.calling.script import Step
from followups.forms import replies
from followups.forms.replies import Asked
from followups.forms.survey import Strip
from followups.forms.talk import TalkForm
from followups.models import FollowUp

register = template.Library()


@register.filter
def reason(entry: Entry, today: date) -> str:
    """Return the sentence that explains an entry's place."""
    return entry.reason(today=today)


@register.filter
def others(entry: Entry, user: User) -> list[User]:
    """Return those whose customer this is, if it isn't `user`."""
    return entry.others(user)


@register.filter
def held_now(entry: Entry, now: datetime) -> bool:
    """Say whether somebody is calling the customer at this moment."""
    return entry.claim is not None and entry.claim.is_held(now)


@register.filter
def about(item: FollowUp) -> list[str]:
    """Return the parts of the sentence that says what a follow-up is about, its kind first."""
    return reasons.about(item)


@register.filter
def deadline_of(item: FollowUp, today: date) -> str:
    return reasons.deadline_text(item.due_on, today=today)


@register.filter
def held_back(item: FollowUp, desk: Desk) -> bool:
    """Say whether it waits until the customer may be offered something again."""
    return desk.holds_back(item)


@register.filter
def strips_of(form: TalkForm, step: Step) -> list[Strip]:
    """Return the questions of the survey that belong to a step."""
    return [strip for strip in form.strips if strip.question.key in step.questions]


@register.filter
def asked_about(form: TalkForm, step: Step) -> Asked | None:
    """Return what one asks about the follow-up of a step."""
    return replies.asked_about(form, step.item) if step.item else None


@register.filter
def asked_in(form: TalkForm, step: Step) -> list[tuple[BoundField, Any]]:
    """Return the fields of a step, each with what was said about it before."""
    return [(form[name], form.said.get(name)) for name in step.fields]
