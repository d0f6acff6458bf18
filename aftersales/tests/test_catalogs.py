"""The catalogs: every text is in them, translated, and arrives where it is shown."""

import gettext

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from aftersales.management.commands import messages

CATALOGS = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))

TEMPLATE = """
{% load i18n %}
<a title="{% translate 'Open the row' %}">{{ role|default:_("no role") }}</a>
{% blocktranslate trimmed count found=rows %}
  {{ found }} row
{% plural %}
  {{ found }} rows
{% endblocktranslate %}
{% translate "Home" context "phone number" %}
"""
CODE = """
label = pgettext_lazy("tracking salesman", "nobody")
message = _("Order %(number)s "
            "was cancelled.")
"""


@pytest.fixture
def house(tmp_path, settings):
    """A project of one template and one module."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "orders.py").write_text(CODE)
    settings.BASE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def catalog(tmp_path):
    """Return a function that writes a catalog of one entry and says where."""

    def write(**entry):
        path = tmp_path / "django.po"
        written = polib.POFile()
        written.append(polib.POEntry(**entry))
        written.save(str(path))
        return path

    return write


def texts(msgid, plural=""):
    return {(None, msgid): polib.POEntry(msgid=msgid, msgid_plural=plural)}


def test_the_catalogs_are_complete():
    call_command("messages", check=True)


class TestGathering:
    def test_finds_the_texts_of_templates_and_code_with_context_and_plural(self, house):
        found = messages.gathered(house)

        assert {key: entry.msgid_plural for key, entry in found.items()} == {
            (None, "Open the row"): "",
            (None, "no role"): "",
            (None, "%(found)s row"): "%(found)s rows",
            ("phone number", "Home"): "",
            ("tracking salesman", "nobody"): "",
            (None, "Order %(number)s was cancelled."): "",
        }

    def test_leaves_out_the_texts_of_tests(self, house):
        (house / "tests").mkdir()
        (house / "orders.py").rename(house / "tests" / "test_orders.py")

        assert ("tracking salesman", "nobody") not in messages.gathered(house)

    def test_keeps_translations_and_drops_texts_that_are_gone(self, house):
        call_command("messages")
        path = house / "locale" / "ko" / "LC_MESSAGES" / "django.po"
        written = polib.pofile(str(path))
        written.find("no role").msgstr = "역할 없음"
        written.find("%(found)s row").msgstr_plural = {0: "%(found)s행"}
        written.save()
        (house / "orders.py").unlink()

        call_command("messages")

        kept = polib.pofile(str(path))
        assert kept.find("no role").msgstr == "역할 없음"
        assert kept.find("%(found)s row").msgstr_plural == {0: "%(found)s행"}
        assert kept.find("nobody") is None


class TestCheck:
    def test_fails_on_a_text_that_is_not_translated(self, house):
        call_command("messages")

        with pytest.raises(CommandError, match="ko: not translated: no role"):
            call_command("messages", check=True)

    def test_says_that_there_is_no_catalog(self, tmp_path):
        assert list(messages.problems(texts("Save"), tmp_path / "django.po")) == [
            f"no catalog at {tmp_path / 'django.po'}"
        ]

    def test_takes_a_fuzzy_translation_for_none(self, catalog):
        path = catalog(msgid="Save", msgstr="저장", flags=["fuzzy"])

        assert list(messages.problems(texts("Save"), path)) == ["not translated: Save"]

    @pytest.mark.parametrize(
        ("original", "translation"),
        [
            ("File %(number)s", "%(numer)s 파일"),
            ("Row {row}", "행"),
            ("<b>%(name)s</b>", "%(name)s 님"),
            ("Save", "저장 %(name)s"),
        ],
    )
    def test_finds_placeholders_and_tags_that_differ(self, catalog, original, translation):
        path = catalog(msgid=original, msgstr=translation)

        assert list(messages.problems(texts(original), path)) == [
            f"other placeholders or tags: {original}"
        ]

    def test_compares_the_one_form_with_the_plural(self, catalog):
        path = catalog(
            msgid="one row", msgid_plural="%(count)d rows", msgstr_plural={0: "%(count)d행"}
        )

        assert list(messages.problems(texts("one row", "%(count)d rows"), path)) == []


class TestCompiling:
    @pytest.mark.parametrize("source", CATALOGS, ids=lambda path: path.parts[-3])
    def test_writes_what_gettext_reads(self, source, tmp_path, settings):
        folder = tmp_path / "ko" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_bytes(source.read_bytes())
        settings.LOCALE_PATHS = [tmp_path]

        call_command("compile_catalogs")

        with (folder / "django.mo").open("rb") as compiled:
            read = gettext.GNUTranslations(compiled)
        entries = [
            entry for entry in polib.pofile(str(source)).translated_entries() if not entry.msgctxt
        ]
        assert [read.gettext(entry.msgid) for entry in entries] == [
            entry.msgstr or entry.msgstr_plural[0] for entry in entries
        ]

    def test_leaves_a_catalog_alone_that_did_not_change(self, tmp_path, settings):
        folder = tmp_path / "ko" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text('msgid "Save"\nmsgstr "저장"\n')
        settings.LOCALE_PATHS = [tmp_path]
        call_command("compile_catalogs")
        (folder / "django.mo").write_bytes(b"as it was")

        call_command("compile_catalogs")

        assert (folder / "django.mo").read_bytes() == b"as it was"
