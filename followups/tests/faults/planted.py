"""Faults that look right, each written below a module of a copy of the project.

The pauses let happen in seconds what would otherwise take days to.
"""

from dataclasses import dataclass

CLAIM_BY_READ_THEN_UPDATE = """

from django.db import connection


def _take(customer_id, *, by, now):
    held, _made = Claim.objects.get_or_create(
        customer_id=customer_id, defaults={"claimed_by": by, "claimed_at": now, "number": 0}
    )
    if held.is_held(now):
        raise HeldBySomebody(held)
    connection.cursor().execute("SELECT pg_sleep(0.3)")
    held.number, held.claimed_by, held.claimed_at = held.number + 1, by, now
    held.leased_until = now + LEASE
    held.save()
    return held
"""
SWEEP_WITH_AN_AGE_LIMIT = """

_begin = Swept.__init__


def _begin_ten_days_ago(self, now):
    _begin(self, now)
    self.parameters["since"] = max(self.parameters["since"], now - timedelta(10))


Swept.__init__ = _begin_ten_days_ago
"""
FOLLOW_UP_IN_A_TRANSACTION_OF_ITS_OWN = """

from django.db import connection

_carry_on = Recording._carry_on


def _carry_on_and_commit(self, settled):
    _carry_on(self, settled)
    again = "".join(f"SAVEPOINT {name}; " for name in connection.savepoint_ids if name)
    with connection.cursor() as cursor:
        cursor.execute(f"COMMIT; BEGIN; {again} SELECT pg_sleep(0.3)")


Recording._carry_on = _carry_on_and_commit
"""

ANSWER_BEFORE_IT_IS_ON_THE_DISK = """
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
"""


@dataclass(frozen=True)
class Fault:
    """Code below a module, and the promise that it breaks.

    Attributes:
        kills: what has to die for it to show.
    """

    module: str
    code: str
    breaks: str
    kills: tuple[str, ...] = ()


FAULTS = {
    "a claim by read, then update": Fault(
        "followups/services/claims.py", CLAIM_BY_READ_THEN_UPDATE, "held by one"
    ),
    "a sweep with an age limit": Fault(
        "followups/sweeps/running.py", SWEEP_WITH_AN_AGE_LIMIT, "a first call for each release"
    ),
    "a follow-up in a second transaction": Fault(
        "followups/services/recording.py",
        FOLLOW_UP_IN_A_TRANSACTION_OF_ITS_OWN,
        "nothing by half",
        kills=("web worker",) * 6,
    ),
    "an answer before it is on the disk": Fault(
        "aftersales/settings.py",
        ANSWER_BEFORE_IT_IS_ON_THE_DISK,
        "no record lost",
        kills=("postgres",) * 3,
    ),
}
