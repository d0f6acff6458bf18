"""What beat rings for reports."""

from celery import shared_task
from django.utils import timezone

from reports.services import digests


@shared_task(name="reports.send_digests")
def send_digests() -> None:
    digests.send_digests(now=timezone.now())
