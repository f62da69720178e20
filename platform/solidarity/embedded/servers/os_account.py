"""The account that a server runs as. PostgreSQL refuses to run as root, so root uses an unprivileged account."""

from __future__ import annotations

import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path

from solidarity.embedded.errors import StartError

HARMLESS = ("nobody", "postgres", "daemon")  # tried in this order


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        """Make this account the owner of `path`, but not of its parents."""
        os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this account may read `path` and traverse every folder above it, by owner and mode."""
        resolved = path.resolve()
        if not resolved.exists():
            return False
        return self._may(resolved, 0o4) and all(self._may(folder, 0o1) for folder in resolved.parents)

    def _may(self, path: Path, bit: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & (bit << 6))
        if status.st_gid == self.gid:
            return bool(status.st_mode & (bit << 3))
        return bool(status.st_mode & bit)


def shared_folder(account: Account | None) -> Path:
    """Return a folder for temporary files that `account` can read, such as /tmp. Raises StartError if there is none."""
    for folder in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 - used with care
        if folder.is_dir() and (account is None or account.reaches(folder)):
            return folder
    raise StartError("PostgreSQL may not run as root, and no folder for temporary files is open to other accounts.")


def account_for(data: Path) -> Account | None:
    """Return the account that root should run the server in `data` as, or None if this process is not root.

    Existing data keeps its owner. Raises StartError if the machine has no suitable account.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _of_entry(pwd.getpwuid(data.stat().st_uid))
    for name in HARMLESS:
        try:
            return _of_entry(pwd.getpwnam(name))
        except KeyError:
            continue
    raise StartError(
        f"PostgreSQL may not run as root, and this machine has none of the accounts {', '.join(HARMLESS)}."
    )


def _of_entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
