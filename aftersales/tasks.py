"""What beat rings for the installation itself."""

from celery import shared_task
from django.utils import timezone

from aftersales import sweeps
from aftersales.health import record_heartbeat


@shared_task(name="aftersales.heartbeat")
def heartbeat() -> None:
    record_heartbeat(now=timezone.now())


@shared_task(name="aftersales.forget_what_has_ended")
def forget_what_has_ended() -> None:
    sweeps.forget_what_has_ended(now=timezone.now())
