"""The call desks: the queue page, and claim → record → next with 8 and 64 callers at once.

The bare way of the second sends the very same statements: they are written down while ours
runs, the tables are put back as they were, and the statements are sent without the code that
thought of them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import time as clock
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar
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
from followups.models import Policy
from followups.outcomes import OutcomeCode
from followups.services.calls import record_call
from followups.services.claims import HeldBySomebody, claim_for_inbound, claim_next, take_back
from followups.services.told import Told
from workshop.models import RepairOrder

T = TypeVar("T")
Statements: TypeAlias = list[tuple[str, Any]]
CALLERS = 64
# So many calls are due in each queue.
QUEUE = 300
CALLS = 640
CLAIMS = 100_000
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
    """Say how many calls a second many callers record, and how many the bare statements allow."""
    for many in (8, CALLERS):
        desks = [Desk(caller) for caller in callers[:many]]
        ours = _rate(desks, CALLS // many, Desk.call)
        _put_back()
        bare = _rate(desks, CALLS // many, Desk.send_again)
        _put_back()
        yield (
            f"claim, record, next with {many} callers: {ours:.0f} a second, "
            f"{ours / bare:.2f} times the {bare:.0f} of the same statements alone"
        )


def double_claims() -> int:
    """Let 64 people take 40 customers `CLAIMS` times in all; return how often two had the same."""
    User.objects.bulk_create(
        (User(username=f"bench-claimer-{number}", name="C") for number in range(CALLERS)),
        ignore_conflicts=True,
    )
    people = list(User.objects.filter(username__startswith="bench-claimer-"))
    customers = list(RepairOrder.objects.values_list("customer", flat=True).distinct()[:40])
    taken: Counter[tuple[int, int]] = Counter()

    def take(person: User) -> None:
        customer = customers[time.perf_counter_ns() // 1_000 % len(customers)]
        with suppress(HeldBySomebody):
            held = claim_for_inbound(customer, by=person, now=timezone.now())
            taken[customer, held.number] += 1
            take_back(customer)

    _rate(people, CLAIMS // CALLERS, take)
    return sum(times - 1 for times in taken.values())


class Desk:
    """A caller, and the statements of his calls, in order, to be sent again."""

    def __init__(self, caller: User) -> None:
        self.caller = caller
        self.calls: list[tuple[int, Statements]] = []
        self.statements: Statements = []
        self.position = 0

    def call(self) -> None:
        self.statements = []
        now = timezone.now()
        with connection.execute_wrapper(self._write_down):
            held = claim_next(by=self.caller, now=now)
            assert held is not None
            told = Told(
                outcome=OutcomeCode.REACHED,
                started_at=now,
                operation=uuid4(),
                answers={"scores": {"q_overall": 9, "q_fixed": 1}},
            )
            call = record_call(
                held.customer_id, number=held.number, told=told, by=self.caller, now=now
            )
        self.calls.append((call.pk, self.statements))

    def send_again(self) -> None:
        (key, statements), self.position = self.calls[self.position], self.position + 1
        again = key
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in statements:
                if "followups_call" in sql or "followups_agendaitem" in sql:
                    cursor.execute(sql, _renamed(params, key, again))
                else:
                    cursor.execute(sql, params)
                rows = cursor.fetchall() if cursor.description else []
                if 'INSERT INTO "followups_call"' in sql:
                    again = rows[0][0]

    def _write_down(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.statements.append((sql, params))
        return result


def _renamed(value: Any, key: int, again: int) -> Any:
    """Return parameters in which a row has another key."""
    if isinstance(value, list | tuple):
        return [_renamed(each, key, again) for each in value]
    return again if value == key else value


def _rate(each: Sequence[T], rounds: int, work: Callable[[T], None]) -> float:
    """Return how often a second `work` is done, with a thread for each to do it for."""
    ready = threading.Barrier(len(each) + 1)
    failures: list[Exception] = []

    def run(one: T) -> None:
        connection.ensure_connection()
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
        # Keys of calls like no other keys, so that sending again can rename them.
        cursor.execute(
            "SELECT setval('followups_call_id_seq', greatest(1e9, last_value)::bigint) FROM followups_call_id_seq"
        )
