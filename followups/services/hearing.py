"""What is heard becomes a matter: in a call, at the counter, in a letter, from another system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales import days
from aftersales.history import changes_by
from aftersales.models import User
from customers.models import Consultation, Vehicle
from customers.services import files
from followups import rules
from followups.models import (
    Call,
    CallKind,
    Complaint,
    HeardThrough,
    Matter,
    MatterKind,
    MatterState,
    Policy,
)
from followups.services import survey
from followups.services.matters import CHANGE, Word, refuse_blank, refuse_others, take_word
from followups.services.owners import RECEIVE


@dataclass(frozen=True)
class Heard:
    """What a customer said elsewhere than in a call of ours.

    Attributes:
        text: in the customer's words.
        owner: who takes care of it; None: who writes it down, or else the customer's tracker.
        word: what he was told on the spot, and what he said to it.
    """

    kind: str
    text: str
    through: str = HeardThrough.COUNTER
    department: str = ""
    owner: User | None = None
    vehicle: Vehicle | None = None
    consultation: Consultation | None = None
    word: Word | None = None


def open_matters(call: Call, *, owner: User, today: date, policy: Policy) -> list[Matter]:
    """Open what a call leaves behind: complaints, what wasn't answered at once, bad scores.

    Source: FUP-04, FUP-05, FUP-06, FUP-07, R-08.
    """
    texts = {MatterKind.COMPLAINT: call.complaints}
    unsolved = [call.to_study] if call.answered_now else [call.requests, call.to_study]
    if call.callback_at is not None and not call.agenda.exists():
        # Nothing is owed that could be put off till then, so the promise is a matter of its own.
        at = formats.date_format(
            call.callback_at.astimezone(days.shop_zone()), "SHORT_DATETIME_FORMAT"
        )
        unsolved.append(_("Asked to be called at %(at)s.") % {"at": at})
    is_question = call.kind == CallKind.INQUIRY
    asked = MatterKind.QUESTION if is_question else MatterKind.REQUEST
    texts[asked] = "\n".join(filter(None, unsolved))
    texts[MatterKind.HOPE] = "" if call.answered_now else call.hopes
    texts[MatterKind.LOW_SCORE] = survey.low_scores(
        call.scores, call.score_reasons, language=call.customer.language
    )
    return [
        _written(
            Matter(
                kind=kind,
                customer=call.customer,
                call=call,
                vehicle=call.vehicle,
                text=text,
                heard_on=today,
                owner=owner,
            ),
            policy,
        )
        for kind, text in texts.items()
        if text.strip()
    ]


def open_matter(customer_id: int, *, heard: Heard, by: User, now: datetime) -> Matter:
    """Open a matter that was heard at the counter, in a consultation, a letter or elsewhere.

    Raises:
        FileWasMerged, MayNotTakeMatters
        ValidationError: there is no text, or the consultation is another customer's.

    Source: FUP-04, FUP-05, CMP-06.
    """
    refuse_blank(text=heard.text)
    with changes_by(by):
        customer = files.lock_file(customer_id)
        if heard.consultation is not None and heard.consultation.customer_id != customer_id:
            raise ValidationError(
                {"consultation": _("This consultation was held with somebody else.")}
            )
        owner = heard.owner or (by if by.has_perm(CHANGE) else _usual(customer.tracker, by=by))
        refuse_others(owner)
        matter = _written(
            Matter(
                kind=heard.kind,
                customer=customer,
                consultation=heard.consultation,
                vehicle=heard.vehicle,
                heard_through=heard.through,
                department=heard.department,
                text=heard.text.strip(),
                heard_on=days.local_date(now),
                owner=owner,
            ),
            Policy.objects.current(),
        )
        if heard.word is not None:
            matter = take_word(matter.pk, word=heard.word, by=by, now=now)
    return matter


def _written(matter: Matter, policy: Policy) -> Matter:
    """Save a new matter with its clocks; every complaint gets its handling report."""
    matter.report_by = rules.report_by(matter.heard_on, days=policy.report_days)
    matter.save(force_insert=True)
    if matter.kind == MatterKind.COMPLAINT:
        Complaint.objects.create(
            matter=matter,
            department=matter.department,
            close_by=rules.close_by(matter.heard_on, days=policy.complaint_days),
        )
    return matter


def _usual(tracker: User | None, *, by: User) -> User:
    """Return who gets what a program brings in: the customer's tracker, else who has the fewest."""
    if tracker is not None and tracker.is_active and tracker.has_perm(CHANGE):
        return tracker
    still_his = Count("matters", filter=~Q(matters__state=MatterState.CLOSED))
    trackers = User.objects.with_permission(RECEIVE).annotate(still_his=still_his)
    return trackers.order_by("still_his", "pk").first() or by
