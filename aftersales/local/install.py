"""Make `.venv` and install pinned packages into it, unless they are there already.

    python3 aftersales/local/install.py requirements.txt …

A script of its own, run by the machine's Python: nothing else exists yet. It is written
so that an old Python can read it and say that it is too old.
"""

import fcntl
import hashlib
import os
import subprocess
import sys

PYTHON = os.path.join(".venv", "bin", "python")
OLDEST = (3, 11)


def main(requirements: "list[str]") -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            "Python 3.11 or newer is needed; this is %s (%s). If there is a newer one: "
            "make run PYTHON=/path/to/python3.11" % (sys.version.split()[0], sys.executable)
        )
    make_environment()
    with open(os.path.join(".venv", "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in requirements:
            install(path)


def make_environment() -> None:
    """Make the virtual environment, also when the Python it was made with is gone."""
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import pip"]) == 0:
        return
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        version = "%d.%d" % sys.version_info[:2]
        sys.exit(
            "This Python has no venv module. On Debian and Ubuntu it is a package of its own; "
            "install it as root: apt-get install python%s-venv" % version
        )
    print("Making .venv …", flush=True)
    subprocess.check_call([sys.executable, "-m", "venv", "--clear", ".venv"])


def install(path: str) -> None:
    """Install what `path` pins; a stamp in .venv tells next time that nothing changed."""
    with open(path, "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(".venv", path + ".sha256")
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted:
                return
    print("Installing the packages of %s, which takes a minute …" % path, flush=True)
    command = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.call([*command, "--no-input", "--require-hashes", "--no-deps", "-r", path]):
        sys.exit("The packages of %s could not be installed: see above." % path)
    with open(stamp, "w") as file:
        file.write(wanted)


main(sys.argv[1:])
