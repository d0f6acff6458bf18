"""The weekly digests, put into the outbox for each department that has a mailbox."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.days import shop_zone
from followups.models import Department, OutboxChannel, OutboxMessage, Policy
from followups.services import outbox
from reports.digest import Results, digest, results
from reports.models import DepartmentMailbox
from reports.periods import Week

# On Monday, before the meeting.
SENT_FROM = time(6)


def send_digests(*, now: datetime) -> int:
    """Write to each department what the last week brought; return how many were not sent before.

    The outbox knows each digest by week and department: run again, it sends what is missing.

    Source: FUP-17.
    """
    local = now.astimezone(shop_zone())
    week = Week.of(local.date()).previous
    if not _has_come(local, week) or Policy.objects.current().go_live_on > week.last:
        return 0
    keys = {f"digest:{week}:{department}": department for department in Department}
    sent = set(OutboxMessage.objects.filter(key__in=keys).values_list("key", flat=True))
    missing = {department: key for key, department in keys.items() if key not in sent}
    mailboxes = list(DepartmentMailbox.objects.filter(department__in=missing).exclude(email=""))
    if mailboxes:
        found = results(week)
        for mailbox in mailboxes:
            _send(mailbox, week, found, key=missing[Department(mailbox.department)], now=now)
    return len(mailboxes)


def _has_come(local: datetime, week: Week) -> bool:
    return local.date() > week.next.first or local.time() >= SENT_FROM


@transaction.atomic
def _send(
    mailbox: DepartmentMailbox, week: Week, found: Results, *, key: str, now: datetime
) -> None:
    department = Department(mailbox.department)
    with translation.override(mailbox.language):
        told = {
            "digest": digest(week, department, found),
            "shop": settings.SHOP,
            "today": now.astimezone(shop_zone()).date(),
        }
        outbox.put(
            key=key,
            channel=OutboxChannel.EMAIL,
            recipient=mailbox.email,
            subject=_("Call results of week %(week)s: %(department)s")
            % {"week": week, "department": department.label},
            body=render_to_string("reports/digest/mail.txt", told),
            now=now,
        )
