"""Registers: written once, numbered without gaps, and attacks on them are found (REG-01)."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from aftersales.tests.parallel import in_parallel
from customers.tests.factories import CustomerFactory
from followups.checks.registers import verify
from followups.models import Call, Register
from followups.models.register import hash_of
from followups.tests.factories import CallFactory, TrackerFactory

TABLE = Call._meta.db_table


def forge(*statements):
    """Write past all triggers, as somebody may who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def sealed_again(number):
    """Return the statement that gives a forged line the hash of what it says now."""
    return f"UPDATE {TABLE} AS kept SET hash = {hash_of('kept')} WHERE number = {number}"


def found():
    return [(finding.line, str(finding.problem)) for finding in verify(Call).findings]


def numbers():
    return list(Call.objects.order_by("year", "number").values_list("year", "number"))


@pytest.fixture
def four_lines(db):
    # Told apart by words only, so that none but the forged ones differ.
    return [CallFactory(note=f"call {number}") for number in range(1, 5)]


class TestAttacks:
    def test_an_untouched_register_is_whole(self, four_lines):
        verification = verify(Call)

        assert not verification.findings
        assert (verification.lines, verification.last) == (4, "C-2025-000004")
        assert verification.last_hash == four_lines[-1].hash

    def test_an_empty_register_is_whole(self, db):
        assert not verify(Call).findings

    def test_changed_words_are_found(self, four_lines):
        forge(f"UPDATE {TABLE} SET note = 'all fine' WHERE number = 2")

        assert found() == [("C-2025-000002", "changed")]

    def test_changed_words_with_a_new_hash_break_the_chain(self, four_lines):
        forge(f"UPDATE {TABLE} SET note = 'all fine' WHERE number = 2", sealed_again(2))

        assert found() == [("C-2025-000003", "chain")]

    def test_a_changed_last_line_with_a_new_hash_is_found(self, four_lines):
        forge(f"UPDATE {TABLE} SET note = 'all fine' WHERE number = 4", sealed_again(4))

        assert found() == [("C-2025-000004", "end")]

    def test_a_line_cut_out_is_found(self, four_lines):
        forge(f"DELETE FROM {TABLE} WHERE number = 2")

        assert found() == [("C-2025-000003", "chain"), ("C-2025-000003", "number")]

    def test_a_first_line_cut_off_is_found(self, four_lines):
        forge(f"DELETE FROM {TABLE} WHERE number = 1")

        assert found() == [("C-2025-000002", "chain"), ("C-2025-000002", "number")]

    def test_a_last_line_cut_off_is_found(self, four_lines):
        forge(f"DELETE FROM {TABLE} WHERE number = 4")

        assert found() == [("C-2025-000004", "end")]

    def test_an_emptied_register_is_found(self, four_lines):
        forge(f"DELETE FROM {TABLE}")

        assert found() == [("C-2025-000004", "end")]

    def test_a_register_whose_end_was_deleted_is_found(self, four_lines):
        Register.objects.all().delete()

        assert found() == [("C-2025-000004", "end")]

    def test_swapped_lines_are_found(self, four_lines):
        forge(
            f"UPDATE {TABLE} SET number = 99 WHERE number = 2",
            f"UPDATE {TABLE} SET number = 2 WHERE number = 3",
            f"UPDATE {TABLE} SET number = 3 WHERE number = 99",
        )

        assert found() == [
            ("C-2025-000002", "chain"),
            ("C-2025-000002", "changed"),
            ("C-2025-000003", "chain"),
            ("C-2025-000003", "changed"),
            ("C-2025-000004", "chain"),
        ]

    def test_lines_numbered_anew_are_found(self, four_lines):
        forge(
            f"DELETE FROM {TABLE} WHERE number = 2",
            f"UPDATE {TABLE} SET number = 2 WHERE number = 3",
        )

        assert ("C-2025-000002", "changed") in found()

    def test_a_line_added_past_the_trigger_is_found(self, four_lines):
        forge(
            f"INSERT INTO {TABLE} SELECT (jsonb_populate_record(kept, jsonb_build_object("
            f"'id', kept.id + 1, 'number', 5, 'operation', gen_random_uuid(),"
            f"'previous_hash', kept.hash))).* FROM {TABLE} AS kept WHERE number = 4",
            sealed_again(5),
        )

        assert found() == [("C-2025-000004", "end")]


class TestCommand:
    def test_says_that_all_is_well(self, four_lines):
        out = StringIO()

        call_command("verify_registers", stdout=out)

        assert out.getvalue().strip() == (
            "followups_call: 4 lines, complete and unchanged. "
            f"Last line C-2025-000004, hash {four_lines[-1].hash}\n"
            "followups_letter: 0 lines, complete and unchanged. Last line none, hash none"
        )

    def test_names_the_line_and_fails(self, four_lines):
        forge(f"UPDATE {TABLE} SET note = 'all fine' WHERE number = 2")
        out = StringIO()

        with pytest.raises(SystemExit) as stopped:
            call_command("verify_registers", stdout=out)

        assert stopped.value.code == 1
        assert out.getvalue().splitlines()[0] == (
            "followups_call: C-2025-000002 says something else than when it was written"
        )

    def test_says_that_it_names_only_the_first(self, four_lines, monkeypatch):
        monkeypatch.setattr("followups.checks.registers.MOST_FINDINGS", 1)
        forge(f"UPDATE {TABLE} SET note = 'all fine'")
        out = StringIO()

        with pytest.raises(SystemExit):
            call_command("verify_registers", stdout=out)

        assert out.getvalue().splitlines()[:2] == [
            "followups_call: C-2025-000001 says something else than when it was written",
            "followups_call: only the first 1 findings are named",
        ]

    def test_tells_programs_the_same(self, four_lines):
        forge(f"DELETE FROM {TABLE} WHERE number = 4")
        out = StringIO()

        with pytest.raises(SystemExit):
            call_command("verify_registers", "--json", stdout=out)

        assert json.loads(out.getvalue())[:1] == [
            {
                "register": "followups_call",
                "lines": 3,
                "last": "C-2025-000004",
                "last_hash": four_lines[-1].hash,
                "findings": [{"line": "C-2025-000004", "problem": "end"}],
            }
        ]


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET note = 'all fine'",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE} CASCADE",
    ],
)
def test_lines_are_added_and_never_changed(four_lines, statement):
    with connection.cursor() as cursor:
        # TRUNCATE waits for no foreign key that is still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="is a register"), transaction.atomic():
            cursor.execute(statement)

    assert not found()


class TestNumbers:
    def test_a_call_that_is_rolled_back_takes_no_number(self, four_lines):
        with transaction.atomic():
            CallFactory()
            transaction.set_rollback(True)

        assert CallFactory().record_no == "C-2025-000005"
        assert not found()

    def test_a_new_year_begins_with_one_and_goes_on_with_the_chain(self, four_lines):
        first, second = CallFactory(year=2026), CallFactory(year=2026)

        assert [first.record_no, second.record_no] == ["C-2026-000001", "C-2026-000002"]
        assert first.previous_hash == four_lines[-1].hash
        assert not found()

    def test_a_clock_that_goes_back_a_year_changes_nothing(self, four_lines):
        CallFactory(year=2026)

        assert CallFactory(year=2025).record_no == "C-2026-000002"
        assert numbers()[-2:] == [(2026, 1), (2026, 2)]
        assert not found()

    def test_what_somebody_numbers_himself_gets_the_next_number(self, four_lines):
        call = CallFactory(number=77, hash="forged", previous_hash="forged")

        assert (call.record_no, call.previous_hash) == ("C-2025-000005", four_lines[-1].hash)
        assert not found()

    def test_the_time_zone_of_the_writer_does_not_show_in_the_hash(self, db):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Seoul'")
        CallFactory(callback_at=datetime(2025, 4, 9, tzinfo=UTC), left_on="2025-04-01")

        assert not found()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_many_who_record_at_once_leave_no_gap(self):
        customer, handler = CustomerFactory(), TrackerFactory()

        def record_some():
            for _turn in range(5):
                CallFactory(customer=customer, handler=handler)

        in_parallel(*[record_some] * 4)

        assert numbers() == [(2025, number) for number in range(1, 21)]
        assert not found()

    def test_who_gives_up_leaves_the_number_to_who_waits(self):
        customer, handler = CustomerFactory(), TrackerFactory()

        def give_up():
            with transaction.atomic():
                CallFactory(customer=customer, handler=handler)
                transaction.set_rollback(True)

        def record():
            CallFactory(customer=customer, handler=handler)

        in_parallel(give_up, record, give_up, record)

        assert numbers() == [(2025, 1), (2025, 2)]
        assert not found()
