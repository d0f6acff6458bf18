"""What rings the workshop's work. A task is a doorbell: what is owed stands in rows."""

from celery import current_app, shared_task
from django.utils import timezone

from workshop.services import import_work, imports


# Longer than the other tasks: a million rows. A second worker finds the lock and goes home.
@shared_task(name="workshop.work_on_import", time_limit=3_600)
def work_on_import(import_id: int) -> None:
    import_work.work_on(import_id, now=timezone.now())


@shared_task(name="workshop.resume_imports")
def resume_imports() -> None:
    """Ring for every import that is owed work, in case its first ring was lost."""
    for import_id in import_work.unfinished():
        current_app.send_task("workshop.work_on_import", args=[import_id])


@shared_task(name="workshop.discard_forgotten_imports")
def discard_forgotten_imports() -> None:
    imports.discard_forgotten(now=timezone.now())
