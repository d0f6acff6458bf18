"""Whatever is done about a matter, in whatever order: no state without its facts (CMP-07).

FUZZ_EXAMPLES=500 tries more lives than the few of an ordinary run.
"""

import os
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersales import days
from aftersales.refusals import Refusal
from aftersales.tests.factories import SupervisorFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp, Matter, MatterKind, MatterState
from followups.services import hearing, matters
from followups.services.matters import Word
from followups.sweeps import sweep_answers, sweep_matters
from followups.tests.calling import NOW
from followups.tests.factories import PolicyFactory, TrackerFactory

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
STEPS = ["study", "solve", "report", "instruct", "tell", "satisfy", "dissatisfy", "wait", "sweep"]
# Which states one step can lead to from each; a sweep may come between any two.
NEXT = {
    MatterState.OPEN: {"under_study", "solved", "reported", "answered", "closed"},
    MatterState.UNDER_STUDY: {"solved", "reported", "answered", "closed"},
    MatterState.REPORTED: {"solved", "answered", "closed", "under_study"},
    MatterState.SOLVED: {"answered", "closed", "under_study"},
    MatterState.ANSWERED: {"closed", "under_study"},
    MatterState.CLOSED: set(),
}


class Life:
    """A matter, and the people who do something about it."""

    def __init__(self, kind):
        PolicyFactory()
        self.owner, self.boss, self.now = TrackerFactory(), SupervisorFactory(), NOW
        heard = hearing.Heard(kind, "It squeals.")
        self.matter = hearing.open_matter(
            CustomerFactory().pk, heard=heard, by=self.owner, now=self.now
        )

    def do(self, step):
        self.now += timedelta(hours=5)
        matter = self.matter
        read = {"by": self.owner, "version": matter.version}
        told = {**read, "now": self.now}
        acts = {
            "study": lambda: matters.study(matter.pk, **read, text="Found."),
            "solve": lambda: matters.solve(matter.pk, **read, text="Pads.", now=self.now),
            "report": lambda: matters.report(matter.pk, **read, today=days.local_date(self.now)),
            "instruct": lambda: matters.instruct(
                matter.pk, by=self.boss, version=matter.version, text="Free.", now=self.now
            ),
            "tell": lambda: matters.tell(matter.pk, word=Word("Friday."), **told),
            "satisfy": lambda: matters.tell(matter.pk, word=Word("Friday.", True), **told),
            "dissatisfy": lambda: matters.tell(matter.pk, word=Word("Friday.", False), **told),
            "wait": lambda: None,
            "sweep": lambda: (sweep_matters(now=self.now), sweep_answers(now=self.now)),
        }
        try:
            acts[step]()
        except (Refusal, ValidationError):
            assert step not in ("wait", "sweep")
        self.matter = Matter.objects.get(pk=matter.pk)


def check(matter, today):
    """Assert that the matter has all that its state says happened, and no more."""
    state = matter.state
    if state == MatterState.OPEN:
        assert not matter.study
        assert not matter.reopened
    if state == MatterState.REPORTED:
        assert matter.reported_on
    assert bool(matter.solution) == bool(matter.solved_at) == bool(matter.solved_by)
    if state == MatterState.SOLVED:
        assert matter.solution
    if state in (MatterState.ANSWERED, MatterState.CLOSED):
        assert matter.answer
        assert matter.answered_on
    if matter.reopened:
        assert matter.answer
    assert (state == MatterState.CLOSED) == (matter.satisfied is True) == bool(matter.closed_on)
    assert (matter.kind == MatterKind.COMPLAINT) == hasattr(matter, "complaint")
    assert matter.report_by <= today + timedelta(2)


def check_answers(matter):
    """Assert that an answer is owed if and only if there is one to give or to confirm."""
    is_owed = matter.state == MatterState.SOLVED or (
        matter.state == MatterState.ANSWERED and matter.kind == MatterKind.COMPLAINT
    )
    still_open = FollowUp.objects.filter(matter=matter, state="open")
    assert [item.sequence for item in still_open] == [matter.reopened] * is_owed


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from([MatterKind.COMPLAINT, MatterKind.REQUEST]),
    steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=25),
)
def test_a_matter_never_stands_where_its_facts_do_not(db, kind, steps):
    life = Life(kind)
    for step in steps:
        before = life.matter.state
        life.do(step)
        assert life.matter.state in {before, *NEXT[MatterState(before)]}
        check(life.matter, days.local_date(life.now))
    life.do("sweep")
    check(life.matter, days.local_date(life.now))
    check_answers(life.matter)
    if life.matter.state in (MatterState.OPEN, MatterState.UNDER_STUDY):
        assert life.matter.report_by > days.local_date(life.now)
