"""A job runs what was deployed, or does not run."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import salesetl
from salesetl.glue.release import digest_of

JOB = "enrich_sales"
ROOT = Path(__file__).parents[2]


class Deployed:
    """A release on a disk, the script and the code of which a process has fetched."""

    def __init__(self, home: Path) -> None:
        self.script = home / f"{JOB}.py"
        self.script.write_text((ROOT / "jobs" / f"{JOB}.py").read_text())
        self.code = home / f"salesetl-{salesetl.__version__}.zip"
        with zipfile.ZipFile(self.code, "w") as archive:
            package = Path(str(salesetl.__file__)).parent
            for path in package.rglob("*.*"):
                if "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(package.parent))
        digests = {
            place: hashlib.sha256(path.read_bytes()).hexdigest()
            for place, path in (
                (self.code.name, self.code),
                (f"jobs/{JOB}.py", self.script),
            )
        }
        self.release = home / f"1.0-{digest_of(digests)}"
        self.release.mkdir()
        self.manifest = self.release / "release.json"
        self.manifest.write_text(json.dumps({"files": digests}))

    def error(self, release: Path | None = None) -> str:
        """Start the job on files that are not there; return its last words."""
        words = [f"--release={release or self.release}", "--output_path=lake"]
        words += ["--sales_path=none", "--customers_path=none", "--engine=duckdb"]
        done = subprocess.run(
            [sys.executable, str(self.script), *words],
            cwd=self.script.parent,
            env={"PYTHONPATH": str(self.code)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        return done.stderr.splitlines()[-1]


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    """Deploy a release, and fetch it."""
    return Deployed(tmp_path)


def test_what_was_deployed_runs(deployed: Deployed) -> None:
    # It gets as far as its files.
    assert "none" in deployed.error()


def test_another_script_does_not_run(deployed: Deployed) -> None:
    deployed.script.write_text(f"{deployed.script.read_text()}\n")

    assert f"is not jobs/{JOB}.py of this release; deploy" in deployed.error()


def test_other_code_does_not_run(deployed: Deployed) -> None:
    with zipfile.ZipFile(deployed.code, "a") as archive:
        archive.writestr("more.py", "")

    assert ".zip of this release; deploy" in deployed.error()


@pytest.mark.parametrize("content", ["{", "[]", '{"files": {"a": "b"}}', "\x00"])
def test_a_manifest_that_is_not_of_the_release_is_refused(
    deployed: Deployed, content: str
) -> None:
    deployed.manifest.write_text(content)

    assert "does not belong to this release" in deployed.error()


def test_a_manifest_that_was_made_to_fit_is_refused_for_the_name(
    deployed: Deployed,
) -> None:
    deployed.script.write_text("# other\n" + deployed.script.read_text())
    digests = json.loads(deployed.manifest.read_text())["files"]
    changed = hashlib.sha256(deployed.script.read_bytes()).hexdigest()
    deployed.manifest.write_text(
        json.dumps({"files": {**digests, f"jobs/{JOB}.py": changed}})
    )

    assert "does not belong to this release" in deployed.error()


def test_code_that_is_not_in_a_zip_is_run_with_a_warning(deployed: Deployed) -> None:
    folder = deployed.code.with_suffix("")
    with zipfile.ZipFile(deployed.code) as archive:
        archive.extractall(folder)
    deployed.code = folder

    assert "none" in deployed.error()
