"""What beat rings for follow-ups."""

from celery import shared_task
from django.utils import timezone

from followups import sweeps


@shared_task(name="followups.sweep_customer_files")
def sweep_customer_files() -> None:
    sweeps.sweep_customer_files(now=timezone.now())


@shared_task(name="followups.sweep_first_calls")
def sweep_first_calls() -> None:
    sweeps.sweep_first_calls(now=timezone.now())


@shared_task(name="followups.sweep_second_calls")
def sweep_second_calls() -> None:
    sweeps.sweep_second_calls(now=timezone.now())


@shared_task(name="followups.expire_claims")
def expire_claims() -> None:
    sweeps.expire_claims(now=timezone.now())
