"""The customer file: opening it, keeping it right, and who must not be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aftersales.history import changed_since, changes_by
from aftersales.models import User
from aftersales.refusals import ChangedMeanwhile, Refusal
from customers.models import ContactRefusal, Customer, Phone, PhoneKind
from customers.phones import PhoneNumber, parse


@dataclass(frozen=True)
class PhoneEntry:
    """One number as somebody typed it."""

    typed: str
    kind: str = PhoneKind.MOBILE
    is_primary: bool = False


class FileWasMerged(Refusal):
    """The file lives on in `survivor`; the merged one is no longer written."""

    def __init__(self, survivor: Customer) -> None:
        super().__init__(
            _("This file was merged into %(file_no)s, %(name)s.")
            % {"file_no": survivor.file_no, "name": survivor.name}
        )
        self.survivor = survivor


class PhoneAlreadyInFile(Refusal):
    """The customer has this number already, perhaps typed in another way."""

    def __init__(self, typed: str) -> None:
        super().__init__(_("The number %(number)s is already in the file.") % {"number": typed})
        self.typed = typed


class AlreadyRefused(Refusal):
    """The same purpose and channel is refused already."""


class AlreadyLifted(Refusal):
    """Somebody lifted this refusal before."""


class MayNotTrack(Refusal):
    """The person chosen cannot be a customer's tracking salesman."""


def open_file(
    *, by: User, today: date, fields: dict[str, Any], phones: Sequence[PhoneEntry]
) -> Customer:
    """Open the file of a new customer; the database gives it the next file number.

    Without a number marked as primary the first one is.

    Args:
        fields: values of form F1 by the names of the model's fields.

    Raises:
        PhoneAlreadyInFile: the same number stands in `phones` twice.

    Source: FIL-02, F1.
    """
    with changes_by(by):
        customer = Customer.objects.create(**fields, opened_on=today, created_by=by)
        primary = next((n for n, entry in enumerate(phones) if entry.is_primary), 0)
        for place, entry in enumerate(phones):
            _add(customer, entry, is_primary=place == primary)
    return customer


def update_file(customer_id: int, *, by: User, version: int, changes: dict[str, Any]) -> Customer:
    """Change fields of the file, unless somebody else did since it was read.

    Args:
        version: the version that the writer saw when he began to type.
        changes: new values by the names of the model's fields.

    Raises:
        ChangedMeanwhile: the file has another version by now; `current` is that one.
        FileWasMerged: the file is part of another one.

    Source: FIL-08.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        if customer.version != version:
            raise ChangedMeanwhile(customer)
        return _write(customer, changes)


def update_group(customer_id: int, *, by: User, version: int, changes: dict[str, Any]) -> Customer:
    """Change one group of fields; what others did to other fields meanwhile is no conflict.

    Raises:
        ChangedMeanwhile: one of these fields was changed since `version`.
        FileWasMerged: the file is part of another one.

    Source: FIL-08.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        if customer.version != version and changed_since(customer, version, changes):
            raise ChangedMeanwhile(customer)
        return _write(customer, changes)


def verify_contact(customer_id: int, *, by: User, today: date) -> Customer:
    """Note that address and numbers were found right today (FIL-08, FIL-10)."""
    with changes_by(by):
        customer = lock_file(customer_id)
        customer.contact_verified_on = today
        customer.save(update_fields=["contact_verified_on"])
        customer.refresh_from_db()
    return customer


def assign_tracker(customer_id: int, *, by: User, tracker: User | None) -> Customer:
    """Entrust the customer to a tracking salesman, or to nobody.

    Raises:
        MayNotTrack: the person was deactivated or has another post.

    Source: FIL-04.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        if tracker and not tracker.has_perm("customers.track_customers"):
            raise MayNotTrack(_("%(name)s does not look after customers.") % {"name": tracker})
        customer.tracker = tracker
        customer.save(update_fields=["tracker"])
        customer.refresh_from_db()
    return customer


def add_phone(customer_id: int, *, by: User, entry: PhoneEntry) -> Phone:
    """Add a number; the first one of a file becomes the first to call.

    Raises:
        PhoneAlreadyInFile: the customer has it already.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        has_primary = customer.phones.filter(is_primary=True).exists()
        if entry.is_primary and has_primary:
            customer.phones.filter(is_primary=True).update(is_primary=False)
        return _add(customer, entry, is_primary=entry.is_primary or not has_primary)


def change_phone(
    phone_id: int, *, by: User, version: int, typed: str, kind: str, is_bad: bool
) -> Phone:
    """Correct a number, say what kind it is, and whether it works.

    Raises:
        ChangedMeanwhile: the number has another version by now.
        PhoneAlreadyInFile: the customer has the new number already.
    """
    with changes_by(by):
        phone = _lock_phone(phone_id)
        if phone.version != version:
            raise ChangedMeanwhile(phone)
        number = parse(typed)
        _refuse_repeated(phone.customer, number, but=phone)
        phone.typed, phone.e164, phone.tail = number.typed, number.e164, number.tail
        phone.kind, phone.is_bad = kind, is_bad
        phone.save(update_fields=["typed", "e164", "tail", "kind", "is_bad"])
        phone.refresh_from_db()
    return phone


def mark_number_bad(customer_id: int, *, e164: str, by: User) -> None:
    """Note that a number doesn't work; without it, or known as bad, nothing changes."""
    with changes_by(by):
        customer = lock_file(customer_id)
        customer.phones.filter(e164=e164, is_bad=False).exclude(e164="").update(is_bad=True)


def make_primary(phone_id: int, *, by: User) -> Phone:
    """Make a number the first one to call."""
    with changes_by(by):
        phone = _lock_phone(phone_id)
        phone.customer.phones.filter(is_primary=True).exclude(pk=phone.pk).update(is_primary=False)
        phone.is_primary = True
        phone.save(update_fields=["is_primary"])
        phone.refresh_from_db()
    return phone


def remove_phone(phone_id: int, *, by: User) -> None:
    """Take a number out of the file; the next one moves up if it was the first to call."""
    with changes_by(by):
        phone = _lock_phone(phone_id)
        phone.delete()
        heir = phone.customer.phones.first()
        if phone.is_primary and heir:
            heir.is_primary = True
            heir.save(update_fields=["is_primary"])


def refuse_contact(
    customer_id: int, *, by: User, today: date, purpose: str, channel: str, reason: str
) -> ContactRefusal:
    """Record that the customer does not want to be contacted.

    Raises:
        AlreadyRefused: this purpose and channel is refused already.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        if customer.refusals.filter(purpose=purpose, channel=channel, lifted_on=None).exists():
            raise AlreadyRefused(_("This is on the do-not-contact list already."))
        return customer.refusals.create(
            purpose=purpose, channel=channel, reason=reason, refused_on=today, recorded_by=by
        )


def lift_refusal(refusal_id: int, *, by: User, today: date, reason: str) -> ContactRefusal:
    """End a refusal, which stays in the file with the reason.

    Raises:
        AlreadyLifted: somebody was faster.
    """
    with changes_by(by):
        refusal = ContactRefusal.objects.select_for_update().get(pk=refusal_id)
        if refusal.lifted_on:
            raise AlreadyLifted(_("This was taken off the do-not-contact list already."))
        refusal.lifted_on, refusal.lifted_by, refusal.lift_reason = today, by, reason
        refusal.save(update_fields=["lifted_on", "lifted_by", "lift_reason"])
        refusal.refresh_from_db()
    return refusal


def lock_file(customer_id: int) -> Customer:
    """Lock a file until the end of the transaction, so that nobody merges it meanwhile.

    Who locks more takes the file first, then the vehicle, then what hangs on them.

    Raises:
        FileWasMerged: the file is part of another one.
    """
    # Rows that point at the file may be added meanwhile: who adds them waits for nobody.
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    if customer.merged_into:
        raise FileWasMerged(customer.merged_into)
    return customer


def lock_files(customers: QuerySet[Customer]) -> None:
    """Lock several files, in the order in which everybody does so that nobody waits in a circle."""
    list(customers.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def _write(customer: Customer, changes: dict[str, Any]) -> Customer:
    for name, value in changes.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(changes))
    customer.refresh_from_db()
    return customer


def _lock_phone(phone_id: int) -> Phone:
    """Lock the file first, as everybody does who changes which number is the primary one."""
    phone = Phone.objects.get(pk=phone_id)
    customer = lock_file(phone.customer_id)
    phone = customer.phones.select_for_update().get(pk=phone_id)
    phone.customer = customer
    return phone


def _add(customer: Customer, entry: PhoneEntry, *, is_primary: bool) -> Phone:
    number = parse(entry.typed)
    _refuse_repeated(customer, number)
    return customer.phones.create(
        kind=entry.kind,
        typed=number.typed,
        e164=number.e164,
        tail=number.tail,
        is_primary=is_primary,
    )


def _refuse_repeated(customer: Customer, number: PhoneNumber, but: Phone | None = None) -> None:
    others = customer.phones.exclude(pk=but.pk) if but else customer.phones.all()
    if number.e164 and others.filter(e164=number.e164).exists():
        raise PhoneAlreadyInFile(number.typed)
