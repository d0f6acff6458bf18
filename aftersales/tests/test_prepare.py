"""What is installed, compiled and collected before the first start, and only when it changed."""

import os
import subprocess
import sys

import polib
import pytest

from aftersales.local.addresses import PROJECT
from aftersales.management.commands import prepare
from aftersales.management.commands.compile_catalogs import compile_if_changed

INSTALL = PROJECT / "aftersales/local/install.py"


def install(folder, *requirements, code=None):
    program = ["-c", code] if code else [str(INSTALL)]
    return subprocess.run(
        [sys.executable, *program, *requirements],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )


class TestInstall:
    @pytest.fixture
    def folder(self, tmp_path):
        """A project whose environment is there and whose one requirement is nothing."""
        (tmp_path / ".venv/bin").mkdir(parents=True)
        python = tmp_path / ".venv/bin/python"
        # Whatever it is asked to do, it writes down and succeeds.
        python.write_text('#!/bin/sh\necho "$@" >> asked\n')
        python.chmod(0o755)
        (tmp_path / "requirements.txt").write_text("")
        return tmp_path

    def asked_for(self, folder):
        lines = (folder / "asked").read_text().splitlines()
        return [line.split() for line in lines if "pip install" in line]

    def test_installs_once_what_the_file_pins_and_only_with_the_right_hashes(self, folder):
        install(folder, "requirements.txt")
        install(folder, "requirements.txt")

        [command] = self.asked_for(folder)
        assert {"--require-hashes", "--no-deps"} <= set(command)
        assert command[-2:] == ["-r", "requirements.txt"]

    def test_installs_again_when_the_file_has_changed(self, folder):
        install(folder, "requirements.txt")
        (folder / "requirements.txt").write_text("# another pin\n")
        install(folder, "requirements.txt")

        assert len(self.asked_for(folder)) == 2

    def test_tries_again_after_a_failure(self, folder):
        python = folder / ".venv/bin/python"
        working = python.read_text()
        python.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
        failed = install(folder, "requirements.txt")
        assert (failed.returncode, "could not be installed" in failed.stderr) == (1, True)

        python.write_text(working)
        install(folder, "requirements.txt")
        assert len(self.asked_for(folder)) == 1

    def test_says_that_python_is_too_old(self, folder):
        code = f"import sys; sys.version_info = (3, 9, 2); exec(open({str(INSTALL)!r}).read())"

        assert "Python 3.11 or newer is needed" in install(folder, code=code).stderr

    def test_says_which_package_brings_the_missing_venv_module(self, tmp_path):
        code = "import sys; sys.modules['ensurepip'] = None; "
        result = install(tmp_path, code=code + f"exec(open({str(INSTALL)!r}).read())")

        version = ".".join(map(str, sys.version_info[:2]))
        assert f"apt-get install python{version}-venv" in result.stderr


class TestCatalogs:
    @pytest.fixture
    def catalog(self, tmp_path):
        path = tmp_path / "django.po"
        po = polib.POFile()
        po.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        po.append(polib.POEntry(msgid="Customer", msgstr="客户"))
        po.append(polib.POEntry(msgid="Guessed", msgstr="猜", flags=["fuzzy"]))
        po.save(str(path))
        return path

    def test_are_compiled_without_the_guesses(self, catalog):
        assert compile_if_changed(catalog)

        compiled = polib.mofile(str(catalog.with_suffix(".mo")))
        assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Customer", "客户")]

    def test_are_compiled_again_only_when_they_changed(self, catalog):
        compile_if_changed(catalog)
        assert not compile_if_changed(catalog)

        later = catalog.with_suffix(".mo").stat().st_mtime + 1
        os.utime(catalog, (later, later))
        assert compile_if_changed(catalog)


def test_static_files_are_collected_only_when_they_changed(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = collected = tmp_path / "static"

    prepare.collect_changed_static_files()
    (collected / "one.css").unlink()
    prepare.collect_changed_static_files()
    assert not (collected / "one.css").exists()

    (source / "one.css").write_text("b { }")
    prepare.collect_changed_static_files()
    assert (collected / "one.css").read_text() == "b { }"
