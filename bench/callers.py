"""The call desks: the queue page, and claim → record → next with 8 and 64 callers at once."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import count, pairwise
from typing import Any, TypeVar
from uuid import uuid4

from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from aftersales import days
from aftersales.models import User
from bench import floor
from bench.measure import Task
from bench.pages import logged_in, open_page
from bench.sweeps import hire
from followups import sweeps
from followups.models import Claim, FollowUp, Policy
from followups.models.claim import LEASE
from followups.services.claims import ClaimLost, HeldBySomebody, claim_for_inbound
from workshop.models import RepairOrder

T = TypeVar("T")
CALLERS = 64
# So many calls are due in each queue.
QUEUE = 300
CALLS = 640
CLAIMS = 100_000
# Of the clock at each try: with 40 customers, every other one is just being called.
STEP = timedelta(seconds=10)
ALL_HOURS = {
    "legal_from": clock.min,
    "legal_until": clock.max,
    "shop_opens": clock.min,
    "shop_closes": clock.max,
}
WRITTEN = (
    "followups_agendaitem",
    "followups_matter",
    "followups_matterevent",
    "followups_call",
    "followups_calldraft",
    "followups_claim",
    "followups_register",
    "followups_followup",
    "followups_followupevent",
)


@contextmanager
def full_queues(trackers: int) -> Iterator[list[User]]:
    """Plan the last weeks for so many callers, and empty the tables again afterwards."""
    User.objects.filter(username__startswith="bench-tracker-").update(roles=[])
    hire(trackers)
    facts: Any = RepairOrder.objects.order_by("-gate_out_at")
    facts = facts.values_list("gate_out_at", flat=True)
    last, first = facts[0], [*facts[: trackers * QUEUE]][-1]
    Policy.objects.current()
    Policy.objects.update(go_live_on=days.local_date(first), **ALL_HOURS)
    _empty()
    sweeps.sweep_first_calls(now=last + timedelta(days=4))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS planned")
        cursor.execute("CREATE TABLE planned AS SELECT * FROM followups_followup")
        cursor.execute("VACUUM ANALYZE followups_followup")
    hired = User.objects.filter(username__startswith="bench-tracker-").exclude(roles=[])
    yield list(hired.order_by("pk")[:CALLERS])
    _empty()


def queue_task(callers: Sequence[User]) -> Task:
    """Return the queue page against a bare one that lists 50 rows with the same joins."""
    client, bare = logged_in(callers[0]), logged_in(callers[0])
    with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
        open_page(bare, "/queue/")
    return Task(
        "page: queue, first 50",
        lambda address: open_page(client, address),
        lambda address: open_page(bare, address),
        ["/queue/"],
    )


def call_rates(callers: Sequence[User]) -> Iterator[str]:
    """Say how many calls a second many callers record, and how many bare views do."""
    now = timezone.now()
    owed: dict[int, list[int]] = defaultdict(list)
    due = FollowUp.objects.due(today=days.local_date(now), now=now)
    for customer, key in due.values_list("customer", "pk"):
        owed[customer].append(key)
    for many in (8, CALLERS):
        with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
            desks = [Desk(caller, owed) for caller in callers[:many]]
            for desk in desks:
                desk.call("bare/")
        rates = []
        for way in ("", "bare/"):
            _put_back()
            rates.append(_rate(desks, CALLS // many, partial(Desk.call, way=way)))
        _put_back()
        yield (
            f"claim, record, next with {many} callers: {rates[0]:.0f} a second, "
            f"{rates[0] / rates[1]:.2f} times the {rates[1]:.0f} of bare views"
        )


def double_claims(many: int) -> int:
    """Let many people take 40 customers from each other until each claim was made.

    Their clock runs ahead, so that leases end. Return how many claims began while another one
    held the customer, or have its number.
    """
    names = [f"bench-claimer-{number}" for number in range(many)]
    User.objects.bulk_create(
        (User(username=name, name="C") for name in names), ignore_conflicts=True
    )
    people = list(User.objects.filter(username__in=names))
    customers = list(RepairOrder.objects.values_list("customer", flat=True).distinct()[:40])
    Claim.objects.filter(customer__in=customers).delete()
    start, steps = timezone.now(), count()
    taken: list[tuple[int, int, datetime]] = []

    def take(person: User) -> None:
        while True:
            now = start + STEP * next(steps)
            with suppress(HeldBySomebody, ClaimLost):
                held = claim_for_inbound(random.choice(customers), by=person, now=now)
                if held.claimed_at == now:  # else he had him already
                    taken.append((held.customer_id, held.number, now))
                    return

    _rate(people, CLAIMS // many, take)
    return sum(
        one[0] == other[0] and (one[1] == other[1] or other[2] < one[2] + LEASE)
        for one, other in pairwise(sorted(taken))
    )


class Desk:
    """A caller with a session, who knows what is owed to whom."""

    def __init__(self, caller: User, owed: Mapping[int, list[int]]) -> None:
        self.client, self.owed = logged_in(caller), owed

    def call(self, way: str) -> None:
        """Take the next customer and record a call with him, through two views."""
        taken = self._post(f"/{way}next/", {})
        agenda = self.owed[taken["customer"]]
        self._post(f"/{way}record/", {**taken, "agenda": agenda, "operation": str(uuid4())})

    def _post(self, address: str, said: Mapping[str, Any]) -> Any:
        answer = self.client.post(address, said, content_type="application/json")
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.json()


def _rate(each: Sequence[T], rounds: int, work: Callable[[T], None]) -> float:
    """Return how often a second `work` is done, with a thread for each to do it for."""
    ready = threading.Barrier(len(each) + 1)
    failures: list[Exception] = []

    def run(one: T) -> None:
        with connection.cursor() as cursor:
            # Who waits for the register behind 63 others on a busy machine waits long.
            cursor.execute("SET statement_timeout = '2min'")
        ready.wait()
        try:
            for _ in range(rounds):
                work(one)
        except Exception as error:
            failures.append(error)
        connection.close()

    workers = [threading.Thread(target=run, args=[one]) for one in each]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return len(each) * rounds / (time.perf_counter() - start)


def _put_back() -> None:
    """Let the tables be as they were when the queues were full."""
    _empty()
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = 'followups_followup'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''"
        )
        [columns] = cursor.fetchone()
        cursor.execute(f"INSERT INTO followups_followup ({columns}) SELECT {columns} FROM planned")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE followups_followup")


def _empty() -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(WRITTEN)} CASCADE")
