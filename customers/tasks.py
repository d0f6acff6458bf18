"""What beat rings for customers."""

from celery import shared_task

from customers import sweeps


@shared_task(name="customers.find_duplicates")
def find_duplicates() -> None:
    sweeps.find_duplicates()
