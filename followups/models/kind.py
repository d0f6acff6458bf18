"""The kinds of promises, and what is particular to each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from customers.models import ContactPurpose


class Kind(models.TextChoices):
    CUSTOMER_FILE = "customer_file", pgettext_lazy("follow-up", "Customer file")
    FIRST_CALL = "first_call", pgettext_lazy("follow-up", "First call")
    SECOND_CALL = "second_call", pgettext_lazy("follow-up", "Second call")
    ANSWER = "answer", pgettext_lazy("follow-up", "Answer the customer")
    CAMPAIGN_NOTICE = "campaign_notice", pgettext_lazy("follow-up", "Campaign notice")
    CAMPAIGN_LETTER = "campaign_letter", pgettext_lazy("follow-up", "Campaign letter")
    CAMPAIGN_REMINDER = "campaign_reminder", pgettext_lazy("follow-up", "Day before the campaign")
    CAMPAIGN_CHANGE = "campaign_change", pgettext_lazy("follow-up", "Campaign has changed")
    MAINTENANCE = "maintenance", pgettext_lazy("follow-up", "Maintenance due")
    INSURANCE = "insurance", pgettext_lazy("follow-up", "Insurance renewal")
    INSPECTION = "inspection", pgettext_lazy("follow-up", "Statutory inspection")
    WARRANTY_END = "warranty_end", pgettext_lazy("follow-up", "End of warranty")
    DECLINED_WORK = "declined_work", pgettext_lazy("follow-up", "Declined work")
    PLANNED_CONTACT = "planned_contact", pgettext_lazy("follow-up", "Planned contact")
    BIRTHDAY = "birthday", pgettext_lazy("follow-up", "Birthday")
    GREETING = "greeting", pgettext_lazy("follow-up", "Festive greeting")


CAMPAIGNS = (
    Kind.CAMPAIGN_NOTICE,
    Kind.CAMPAIGN_LETTER,
    Kind.CAMPAIGN_REMINDER,
    Kind.CAMPAIGN_CHANGE,
)
REMINDERS = (
    Kind.MAINTENANCE,
    Kind.INSURANCE,
    Kind.INSPECTION,
    Kind.WARRANTY_END,
    Kind.DECLINED_WORK,
    Kind.PLANNED_CONTACT,
    Kind.BIRTHDAY,
    Kind.GREETING,
)
# What is not done on the telephone, and so doesn't stand in the queue.
DESK_WORK = (Kind.CUSTOMER_FILE, Kind.CAMPAIGN_LETTER)
CALLS = tuple(kind for kind in Kind if kind not in DESK_WORK)
# Waits while a complaint is open, and counts against the contacts of a month.
SELLING = (Kind.CAMPAIGN_NOTICE, Kind.CAMPAIGN_LETTER, Kind.CAMPAIGN_REMINDER, *REMINDERS)

# Which refusal of the customer forbids it.
PURPOSES: dict[str, ContactPurpose] = {
    **dict.fromkeys(Kind, ContactPurpose.SERVICE),
    **dict.fromkeys(CAMPAIGNS, ContactPurpose.PROMOTION),
    **dict.fromkeys(REMINDERS, ContactPurpose.REMINDER),
    Kind.CAMPAIGN_CHANGE: ContactPurpose.SERVICE,
}
