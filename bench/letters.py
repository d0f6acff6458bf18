"""`python -m bench.letters [LETTERS]`: issuing 10,000 letters against typst drawing the same pages.

The floor knows all texts in advance and only draws: one file a letter, as the archive needs it,
with no number to wait for, no line, no hash, no database. Ours fills in the texts, looks for what
stands in the way, numbers, draws, hashes, archives, seals and ends what was owed. The database
`bench_letters` is made anew.
"""

import os
import resource
import sys
import time
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from aftersales import days  # noqa: E402
from aftersales.models import User  # noqa: E402
from customers.models import Customer  # noqa: E402
from followups.checks.registers import verify  # noqa: E402
from followups.letters import typesetting  # noqa: E402
from followups.letters.drafts import drafts  # noqa: E402
from followups.models import Letter, LetterBatch, LetterKind  # noqa: E402
from followups.services import letter_batches, letters  # noqa: E402

LETTERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
LEAST_RATIO = 0.5
MOST_MEGABYTES = 500
LANGUAGES = ("zh-hans", "zh-hans", "zh-hans", "ko", "en")


def main() -> None:
    connection.settings_dict["TEST"]["NAME"] = "bench_letters"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    by = User.objects.create(username="bench", name="李梅", roles=["supervisor"])
    write_customers()
    ours = LETTERS / our_seconds(by)
    # Before the floor, which holds all letters at once.
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"issued: {ours:.0f} letters a second; at most {megabytes:.0f} MB", flush=True)
    floor = LETTERS / floor_seconds(by)
    ratio = ours / floor
    print(f"typst alone: {floor:.0f} a second; issued {ratio:.2f} of it (at least {LEAST_RATIO})")
    print(f"largest memory of the process: {megabytes:.0f} MB (at most {MOST_MEGABYTES})")
    if ratio < LEAST_RATIO or megabytes > MOST_MEGABYTES:
        raise SystemExit(1)


def write_customers() -> None:
    Customer.objects.bulk_create(
        [
            Customer(
                name=f"王䶮{number}",
                sort_key=f"wang {number:06}",
                search_keys="",
                title="先生",
                language=LANGUAGES[number % len(LANGUAGES)],
                address=f"广州市天河区黄埔大道{number}号",
                postal_code="510000",
                opened_on=days.today(),
            )
            for number in range(LETTERS)
        ],
        batch_size=2_000,
    )


def prepared(by: User) -> LetterBatch:
    return letter_batches.prepare_batch(
        kind=LetterKind.CONTACT_CHECK,
        template_name="Standard",
        customers=Customer.objects.all(),
        by=by,
        operation=uuid4(),
    )


def floor_seconds(by: User) -> float:
    """Return what typst takes for the same letters, after it has read its fonts."""
    batch, now = prepared(by), timezone.now()
    found = drafts(batch, batch.items.order_by("pk"), handler=by, now=now)
    papers = [
        draft.on_paper(dated=days.today(), handler=by, number=f"L-2026-{number:06}")
        for number, draft in enumerate(found)
    ]
    inputs = [typesetting._inputs(typesetting._data(paper), paper.language) for paper in papers]
    compiler = typesetting._compiler("letter.typ")
    compiler.compile(sys_inputs=inputs[0])
    started = time.perf_counter()
    for each in inputs:
        compiler.compile(sys_inputs=each, timestamp=0)
    return time.perf_counter() - started


def our_seconds(by: User) -> float:
    """Return what issuing takes, from the decision to the last line."""
    batch = prepared(by)
    started = time.perf_counter()
    letters.start(batch.pk, by=by, now=timezone.now())
    letters.issue_all(batch.pk, now=timezone.now())
    taken = time.perf_counter() - started
    assert Letter.objects.filter(batch=batch).count() == LETTERS
    assert not verify(Letter).findings
    return taken


if __name__ == "__main__":
    main()
