"""`python -m bench [CUSTOMERS …]`: search and pages at several sizes, as ratios within one run.

Every size has a database of its own, which is kept for the next run.
"""

import argparse
import os
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
django.setup()

from django.db import connection  # noqa: E402

from aftersales.models import User  # noqa: E402
from bench import (  # noqa: E402
    callers,
    campaigns,
    generate,
    lookups,
    measure,
    pages,
    reminders,
    sweeps,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("customers", nargs="*", type=int, default=[10_000, 100_000])
    sizes = parser.parse_args().customers
    seen: dict[str, list[measure.Result]] = {}
    for size in sizes:
        enter(size)
        bencher, _ = User.objects.get_or_create(
            username="bench", defaults={"name": "Bench", "roles": ["supervisor"]}
        )
        for result in results(size, bencher):
            seen.setdefault(result.name, []).append(result)
            print(f"{size:>9,} {result}", flush=True)
    for many in (8, callers.CALLERS):
        doubles = callers.double_claims(many)
        print(f"double claims in {callers.CLAIMS:,} by {many} people: {doubles}", flush=True)
    print("\n" + measure.table(sizes, seen))


def results(size: int, bencher: User) -> Iterator[measure.Result]:
    """Measure everything in the database entered."""
    for task in [*lookups.tasks(bencher), *pages.tasks(bencher)]:
        yield measure.run(task)
    yield from sweeps.results(size)
    yield from campaigns.results(size)
    yield from reminders.results(size)
    with callers.full_queues(sweeps.trackers_of(size)) as people:
        yield measure.run(callers.queue_task(people))
    with callers.full_queues(callers.CALLERS) as people:
        for rate in callers.call_rates(people):
            print(f"{size:>9,} {rate}", flush=True)


def enter(size: int) -> None:
    """Go on in the database with `size` customers, which is filled at the first time."""
    connection.settings_dict["TEST"]["NAME"] = f"bench_{size}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM customers_customer)")
        is_filled = cursor.fetchone()[0]
    if not is_filled:
        print(f"{size:>9,} customers are being written …", flush=True)
        generate.fill(size)


main()
