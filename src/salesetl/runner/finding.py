"""Finds the files of a source that a run is to read, and tells what the ledger knows of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from salesetl.destinations.ledger import Ledger
from salesetl.mapping.fingerprint import earlier_fingerprint, fingerprint
from salesetl.mapping.profile import Profile
from salesetl.model.options import LoadOptions
from salesetl.readers.files import list_files, no_files, without_empty
from salesetl.runner.arrivals import Arrivals, compare
from salesetl.runs import RunReport
from salesetl.storage import StoredFile

logger = logging.getLogger(__name__)


def find_arrivals(
    ledger: Ledger,
    source: str,
    path: str,
    profile: Profile,
    *,
    is_new_only: bool,
    allow_empty: bool,
) -> tuple[Arrivals, list[StoredFile]]:
    """Return the files of a path as the ledger knows them, and those of them that are to be read.

    InputError if there are none. A path whose loaded files are all gone may be empty where only new
    files are asked for.
    """
    looked_at = datetime.now(UTC)
    listed = list_files(path)
    known = _with_own_fingerprint(ledger, source, profile)
    arrivals = compare(known, source, path, listed, fingerprint(profile), looked_at)
    if not listed and not allow_empty and not (is_new_only and arrivals.absent):
        raise no_files(path)
    asked = arrivals.to_load if is_new_only else listed
    files = without_empty(asked, allow_empty=allow_empty)
    read = {file.path for file in files}
    new, changed = (
        [file for file in found if file.path in read]
        for found in (arrivals.new, arrivals.changed)
    )
    return replace(arrivals, new=new, changed=changed), files


def _with_own_fingerprint(ledger: Ledger, source: str, profile: Profile) -> Ledger:
    """Return the ledger as if all files of this profile had the fingerprint of today."""
    own, earlier = fingerprint(profile), earlier_fingerprint(profile)
    found = [each for each in ledger.of(source) if each.profile == earlier != own]
    return ledger.with_files(replace(each, profile=own) for each in found)


def report_arrivals(
    report: RunReport, arrivals: Arrivals | None, options: LoadOptions
) -> None:
    """Enter into the report, and tell, what the ledger knew of the files of the main source."""
    if not arrivals:
        return
    report.files_new = len(arrivals.new)
    report.files_changed = len(arrivals.changed)
    report.files_known = len(arrivals.known)
    report.files_renamed = len(arrivals.renamed)
    report.files_vanished = len(arrivals.gone)
    if options.write_mode == "merge":
        tell(
            f"{arrivals.source}: %d loaded files have changed and are loaded again, for example"
            " %s; rows that are no longer in them stay in the lake",
            [file.path for file in arrivals.changed],
        )
    tell(
        f"{arrivals.source}: %d loaded files are not there any more, for example %s; their rows"
        " stay in the lake",
        [each.path for each in arrivals.gone],
    )
    if not options.reads_new_files:
        return
    report.files_of_other_profile = len(arrivals.of_other_profile)
    tell(
        f"{arrivals.source}: %d loaded files were renamed, for example %s; they are not loaded"
        " again, and which version of a row is newer is told by the path they were loaded under",
        [f"{before.path} to {file.path}" for file, before in arrivals.renamed],
    )
    tell(
        f"{arrivals.source}: %d loaded files were loaded with another source profile, for example"
        " %s; to load them with this one, run once with --input_mode all",
        [each.path for each in arrivals.of_other_profile],
    )
    if not arrivals.to_load:
        logger.info(
            "%s: no new file among %d; nothing to load",
            arrivals.source,
            len(arrivals.known) + len(arrivals.renamed),
        )


def tell(text: str, examples: Sequence[str]) -> None:
    """Warn of some files: `text` has places for their number and for one of them."""
    if examples:
        logger.warning(text, len(examples), examples[0])
