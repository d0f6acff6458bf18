"""Customers who want no more calls: what they refuse, and what ends with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from aftersales.models import User
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer
from customers.services import files
from followups.calling import contact
from followups.models import FollowUp


def take_at_his_word(
    customer: Customer, *, agenda: Collection[FollowUp], reason: str, by: User, today: date
) -> list[int]:
    """Put a customer on the do-not-contact list, and return which calls are owed no longer.

    Who was called only about offers or reminders refuses these; else he wants no calls at all.

    Source: FUP-11.
    """
    purposes = {contact.purpose_of(item) for item in agenda}
    is_all = not purposes or ContactPurpose.SERVICE in purposes
    longest = ContactRefusal._meta.get_field("reason").max_length
    for purpose in [ContactPurpose.ALL] if is_all else sorted(purposes):
        standing = ContactRefusal.objects.filter(contact.refuses_calls(purpose), customer=customer)
        if not standing.exists():
            files.refuse_contact(
                customer.pk,
                by=by,
                today=today,
                purpose=purpose,
                channel=Channel.PHONE,
                reason=reason.strip()[:longest],
            )
    owed = FollowUp.objects.filter(customer=customer).open().calls()
    return [
        item.pk
        for item in owed.select_related("invitation__campaign")
        if is_all or contact.purpose_of(item) in purposes
    ]
