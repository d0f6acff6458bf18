"""What must be true after a shift, by what its people were told and what the tables hold."""

from collections import defaultdict
from itertools import pairwise

from followups.tests.faults.actors import CUT_OFF

EXPECTED = {CUT_OFF, 200, 201, 204, 409, 429, 503}

NOT_ONE_FIRST_CALL = """
SELECT visit.number, count(owed.id) FROM workshop_repairorder visit
LEFT JOIN followups_followup owed ON owed.order_id = visit.id AND owed.kind = 'first_call'
WHERE visit.state = 'released' GROUP BY visit.id HAVING count(owed.id) <> 1
"""
NOT_RELEASED = "SELECT id FROM workshop_repairorder WHERE state <> 'released'"
LINES = """
SELECT note, 'C-' || year || '-' || lpad(number::text, 6, '0'), hash FROM followups_call
WHERE handler_id IN (SELECT id FROM aftersales_user WHERE username = ANY(ARRAY{names}))
"""
GAPS = """
SELECT year, max(number), count(*) FROM followups_call
GROUP BY year HAVING max(number) <> count(*) OR min(number) <> 1
"""
# What belongs to one record: the line, its agenda, the follow-ups, the matter, the kept answer.
HALF_DONE = """
SELECT 'a line about nothing', line.id FROM followups_call line
WHERE direction = 'outbound'
    AND NOT EXISTS (SELECT FROM followups_agendaitem WHERE call_id = line.id)
UNION ALL
SELECT 'closed without a line', owed.id FROM followups_followup owed
WHERE owed.ending = 'reached' AND NOT EXISTS (
    SELECT FROM followups_agendaitem item WHERE item.follow_up_id = owed.id AND item.closed
)
UNION ALL
SELECT 'a line that closed nothing', owed.id FROM followups_agendaitem item
JOIN followups_followup owed ON owed.id = item.follow_up_id
WHERE item.closed AND owed.state = 'open'
UNION ALL
SELECT 'a complaint without a matter', line.id FROM followups_call line
WHERE line.complaints <> ''
    AND NOT EXISTS (SELECT FROM followups_matter WHERE call_id = line.id)
UNION ALL
SELECT 'a line without its answer', line.id FROM followups_call line
WHERE NOT EXISTS (
    SELECT FROM aftersales_idempotentrequest kept
    WHERE kept.key = line.note AND kept.status = 201
)
"""


def verdict(shift):
    """Return the promises that were broken, each with what shows it; none is an empty dict."""
    found = {promise: look(shift) for promise, look in PROMISES.items()}
    return {promise: evidence for promise, evidence in found.items() if evidence}


def not_one_first_call(shift):
    """Return the released orders without a first call, or with several."""
    return shift.installation.query(NOT_ONE_FIRST_CALL)


def releases_lost(shift):
    """Return the releases that were acknowledged and did not happen."""
    not_released = {pk for (pk,) in shift.installation.query(NOT_RELEASED)}
    return [sent for sent in shift.releases(200) if sent.answer["id"] in not_released]


def held_by_two(shift):
    """Return the pairs of claims of two callers that overlap or do not count upward.

    Nobody's lease runs out during a shift and nobody is taken a customer from, so whoever was
    told that he holds one holds him until he records.
    """
    claims = sorted(
        (held for caller in shift.callers for held in caller.held),
        key=lambda held: (held.customer, held.since),
    )
    overlapping = [
        (earlier, later)
        for earlier, later in pairwise(claims)
        if earlier.customer == later.customer and earlier.caller != later.caller
        if later.since < earlier.until or later.number <= earlier.number
    ]
    return overlapping + [sent for sent in shift.sent if sent.kind == "claim_lost"]


def records_lost(shift):
    """Return acknowledged records that do not stand in the register as it was said, once."""
    lines = _lines(shift)
    return [
        sent
        for sent in shift.records(201)
        if lines[sent.key] != [(sent.answer["record_no"], sent.answer["hash"])]
    ]


def records_nobody_sent(shift):
    """Return lines that were refused, or that stand there twice."""
    may_stand = {sent.key for sent in shift.records(201, None)}
    lines = _lines(shift).items()
    return [key for key, found in lines if len(found) > 1 or key not in may_stand]


def half_done(shift):
    """Return what should hang together and does not."""
    return shift.installation.query(HALF_DONE)


def register_broken(shift):
    """Return gaps in the numbers, and what the product's own check of the chain says."""
    return shift.installation.query(GAPS) or _complaint(shift, "verify_registers")


def promises_not_kept(shift):
    """Return what the product's own check of facts and follow-ups says."""
    return _complaint(shift, "check_promises")


def unexpected_answers(shift):
    """Return the answers that nobody should get, however much is killed."""
    return shift.answers.keys() - EXPECTED


PROMISES = {
    "a first call for each release": not_one_first_call,
    "no release lost": releases_lost,
    "held by one": held_by_two,
    "no record lost": records_lost,
    "no record made up": records_nobody_sent,
    "nothing by half": half_done,
    "a whole register": register_broken,
    "created is open, done or cancelled": promises_not_kept,
    "no answer but these": unexpected_answers,
}


def _lines(shift):
    """Return key → number and hash of the lines that this shift has written."""
    lines, names = defaultdict(list), [caller.name for caller in shift.callers]
    for key, number, seal in shift.installation.query(LINES.format(names=names)):
        lines[key].append((number, seal))
    return lines


def _complaint(shift, command):
    """Return what a command of the product says when it finds something wrong."""
    process = shift.installation.run("manage.py", command)
    output, _ = process.communicate()
    return output if process.returncode else ""
