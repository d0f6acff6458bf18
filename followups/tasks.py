"""What beat rings for follow-ups."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from followups import sweeps
from followups.services import letters, outbox, webhooks

# A relay works this long before it leaves the rest to the next ring.
TURN = timedelta(minutes=1)


@shared_task(name="followups.sweep_customer_files")
def sweep_customer_files() -> None:
    sweeps.sweep_customer_files(now=timezone.now())


@shared_task(name="followups.sweep_first_calls")
def sweep_first_calls() -> None:
    sweeps.sweep_first_calls(now=timezone.now())


@shared_task(name="followups.sweep_second_calls")
def sweep_second_calls() -> None:
    sweeps.sweep_second_calls(now=timezone.now())


@shared_task(name="followups.sweep_matters")
def sweep_matters() -> None:
    sweeps.sweep_matters(now=timezone.now())


@shared_task(name="followups.sweep_answers")
def sweep_answers() -> None:
    sweeps.sweep_answers(now=timezone.now())


@shared_task(name="followups.sweep_reminders")
def sweep_reminders() -> None:
    sweeps.sweep_reminders(now=timezone.now())


@shared_task(name="followups.sweep_campaign_notices")
def sweep_campaign_notices() -> None:
    sweeps.sweep_campaign_notices(now=timezone.now())


@shared_task(name="followups.sweep_campaign_letters")
def sweep_campaign_letters() -> None:
    sweeps.sweep_campaign_letters(now=timezone.now())


@shared_task(name="followups.sweep_campaign_reminders")
def sweep_campaign_reminders() -> None:
    sweeps.sweep_campaign_reminders(now=timezone.now())


@shared_task(name="followups.expire_claims")
def expire_claims() -> None:
    sweeps.expire_claims(now=timezone.now())


@shared_task(name="followups.relay_outbox")
def relay_outbox() -> None:
    """Send what waits in the outbox; two relays never take the same message."""
    started_at = timezone.now()
    outbox.note_abandoned(now=started_at)
    while (now := timezone.now()) < started_at + TURN and outbox.send_next(now=now):
        pass


@shared_task(name="followups.deliver_webhooks")
def deliver_webhooks() -> None:
    """Tell other systems what happened."""
    started_at = timezone.now()
    while (now := timezone.now()) < started_at + TURN and webhooks.deliver_next(now=now):
        pass


@shared_task(name="followups.issue_letters")
def issue_letters(batch_id: int) -> None:
    letters.issue_all(batch_id, now=timezone.now())


@shared_task(name="followups.resume_letters")
def resume_letters() -> None:
    """Ring for every batch that is owed letters, in case its first ring was lost."""
    for batch_id in letters.unfinished():
        letters.ring(batch_id)
