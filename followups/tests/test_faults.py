"""Twenty callers work through REST while everything is killed in turn: nothing gets lost."""

import sys
from random import Random
from time import monotonic

import pytest

from aftersales.tests.installation import installed
from followups.tests.faults.judge import PROMISES, verdict
from followups.tests.faults.planted import FAULTS
from followups.tests.faults.shift import KILLS, Shift, sweep_by_themselves

pytestmark = pytest.mark.faults
ROUNDS = 2


@pytest.fixture(scope="module")
def installation():
    with installed() as installation:
        yield installation


def figures(shift, kills, seconds):
    """Return in one sentence what was done."""
    claims = sum(len(caller.held) for caller in shift.callers)
    return (
        f"{seconds:.0f} s, {kills} kills, {len(shift.sent)} operations, {claims} claims, "
        f"{len(shift.records(201))} calls and {len(shift.releases(200))} releases acknowledged, "
        f"{len(shift.records(None))} calls of unknown fate; "
        f"answers by status: {dict(sorted(shift.answers.items()))}\n"
    )


def test_whatever_is_killed_nothing_is_lost_or_done_twice_or_by_half(installation):
    installation.start()
    plan = Random(7).sample(list(KILLS) * ROUNDS, len(KILLS) * ROUNDS)
    shift, since = Shift(installation, number=1, customers=2000), monotonic()

    shift.work(plan, pause=2)
    sweep_by_themselves(installation)

    sys.stderr.write(figures(shift, len(plan), monotonic() - since))
    assert verdict(shift) == {}
    assert len(shift.records(201)) > 100
    assert shift.releases(200)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_same_shift_tells_on(installation, fault):
    installation.stop()
    module = installation.folder / fault.module
    sound = module.read_text()
    module.write_text(sound + fault.code)
    try:
        installation.start()
        shift = Shift(installation, number=2, customers=200)
        shift.work(fault.kills, pause=2 if fault.kills else 8)
        sweep_by_themselves(installation)

        assert PROMISES[fault.breaks](shift)
    finally:
        module.write_text(sound)
