"""As whom the embedded servers run: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """Return what `subprocess` needs to become this account, and nothing more than it."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give `folder` to this account and close it to everybody else."""
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def can_enter(self, path: Path) -> bool:
        """Say whether every folder above `path` lets this account through."""
        test = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        return subprocess.call(test, cwd="/", **self.popen_arguments()) == 0


def server_account() -> Account:
    """Return who runs new servers: nobody when root starts them, else whoever starts them."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def owner_of(folder: Path) -> Account:
    """Return who runs the servers whose files lie in `folder`."""
    status = folder.stat()
    return Account(status.st_uid, status.st_gid)
