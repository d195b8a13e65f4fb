"""Suggests a source profile for a file, and tries it on a sample."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from salesetl.errors import InputError, SalesEtlError
from salesetl.mapping.profile import Profile
from salesetl.mapping.profile_files import load_profile, shipped_profiles
from salesetl.model.pipeline import Pipeline
from salesetl.model.source import Json
from salesetl.model.table import Table, item_fields
from salesetl.runs import RunReport
from salesetl.suggesting.asking import Asker, Question
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.object_profiles import object_profile, paths_in
from salesetl.suggesting.object_samples import ObjectSample, objects_of
from salesetl.suggesting.sampling import TextSample, sampled
from salesetl.suggesting.table_profiles import table_profile
from salesetl.suggesting.table_samples import TableSample, table_of

# Runs a pipeline on a path with the profile in another path, and publishes nothing.
Try = Callable[[str, str], RunReport]
# The share of the rows that a shipped profile must load to be taken as it is.
_ENOUGH = 0.99


@dataclass(frozen=True)
class Suggestion:
    """A profile, what a run on a sample of the file did with it, and what is open.

    `shipped` is the name of the profile if it is one that comes with the library; `tried` is None
    if the run failed, and `failure` says why.
    """

    text: str
    tried: RunReport | None
    failure: str = ""
    shipped: str = ""
    is_whole: bool = False
    remarks: Sequence[str] = ()
    questions: Sequence[Question] = ()
    answers: dict[str, str] = field(default_factory=dict)


def suggest(
    pipeline: Pipeline,
    path: str,
    others: Sequence[str],
    asker: Asker,
    run: Try,
    *,
    folder: str | None = None,
    sheet: str | None = None,
) -> Suggestion:
    """Suggest a profile for the main source of a pipeline; InputError if a file is not understood.

    Columns that the file lacks are looked up in other files. `folder` is where the profile will be,
    `sheet` that of a workbook with several.
    """
    with ExitStack() as stack:
        sample = stack.enter_context(sampled(path, sheet))
        is_json = isinstance(pipeline.main.reader, Json)
        content = objects_of(sample) if is_json else table_of(sample)
        tried_on = stack.enter_context(_file_of(content))
        if not (others or sheet or asker.given) and (
            found := _shipped(pipeline, content, tried_on, run)
        ):
            return found
        draft = _draft(pipeline, content, others, asker, stack)
        if sheet:
            draft.put("sheet", sheet)
        asker.check_given()
        tried, failure = _tried(draft.text([]), tried_on, run)
        if folder is not None:
            draft.move_to(folder)
        return Suggestion(
            draft.text(_heading(path, draft, asker, sample, tried, failure)),
            tried,
            failure,
            is_whole=sample.is_whole,
            remarks=draft.remarks,
            questions=asker.open_questions,
            answers=asker.answers,
        )


def _draft(
    pipeline: Pipeline,
    content: ObjectSample | TableSample,
    others: Sequence[str],
    asker: Asker,
    stack: ExitStack,
) -> Draft:
    if isinstance(content, ObjectSample):
        return object_profile(pipeline.main, content, asker)
    looked_up = [table_of(stack.enter_context(sampled(other))) for other in others]
    return table_profile(pipeline.main.contract, content, looked_up, asker)


def _shipped(
    pipeline: Pipeline, content: ObjectSample | TableSample, tried_on: str, run: Try
) -> Suggestion | None:
    """Return a shipped profile that loads a sample, if there is one."""
    for name, text in shipped_profiles().items():
        try:
            profile = load_profile(name, pipeline.main.contract)
        except InputError:
            # Of another pipeline.
            continue
        if isinstance(content, TableSample):
            fits = _fits(profile, content, pipeline.main.contract)
        else:
            fits = _fits_objects(profile, content, pipeline.main.contract)
        if not fits:
            continue
        tried, failure = _tried(text, tried_on, run)
        if tried and tried.rows_loaded >= _ENOUGH * max(tried.rows_read, 1):
            return Suggestion(text, tried, failure, name, content.text.is_whole)
    return None


def _fits_objects(profile: Profile, sample: ObjectSample, contract: Table) -> bool:
    found = paths_in(sample.objects)
    lists = [field.name for field in contract.schema if item_fields(field)]
    needed = [profile.list_of(name).path or name for name in lists]
    needed += [profile.columns.get(name, name) for name in contract.key]
    is_listed_alike = sample.records in ("", profile.records)
    return is_listed_alike and found.issuperset(needed)


def _fits(profile: Profile, table: TableSample, contract: Table) -> bool:
    names = [each.name for each in table.columns]
    is_ascii = all(part.isascii() for part in table.text.parts)
    return (
        profile.field_delimiter == table.delimiter
        and (is_ascii or profile.encoding == table.text.encoding)
        and not profile.missing(names, contract)
    )


@contextmanager
def _file_of(content: ObjectSample | TableSample) -> Iterator[str]:
    """Yield the path of a file with a sample, which may be all of the file itself."""
    sample = content.text
    if sample.is_whole:
        yield sample.path
        return
    if isinstance(content, ObjectSample):
        name, text = "sample.json", content.as_json()
    else:
        name, text = "sample.csv", "".join(sample.parts)
    with tempfile.TemporaryDirectory(prefix="salesetl-") as folder:
        path = Path(folder, name)
        path.write_bytes(text.encode(sample.encoding, errors="replace"))
        yield str(path)


def _tried(text: str, path: str, run: Try) -> tuple[RunReport | None, str]:
    with tempfile.TemporaryDirectory(prefix="salesetl-") as folder:
        profile = Path(folder, "profile.toml")
        profile.write_text(text, encoding="utf-8")
        try:
            return run(path, str(profile)), ""
        except SalesEtlError as error:
            return None, str(error).replace(f"{profile}: ", "")


def _heading(
    path: str,
    draft: Draft,
    asker: Asker,
    sample: TextSample,
    tried: RunReport | None,
    failure: str,
) -> list[str]:
    """Write what a person should know who opens the profile."""
    lines = [
        f"Source profile for {path.rpartition('/')[2]}, by salesetl profile suggest."
    ]
    if tried:
        what = "the" if sample.is_whole else "a sample of"
        lines.append(
            f"Of {what} {tried.rows_read:,} rows it loads {tried.rows_loaded:,};"
            f" look again with: salesetl check FILE --job {tried.job} --source_profile PROFILE"
        )
    else:
        lines.append(f"It does not load yet: {failure}")
    lines += [f"To look at: {remark}" for remark in draft.remarks]
    for question in asker.asked:
        answer = asker.answers[question.name]
        is_open = question in asker.assumed
        how = "assumed, please decide" if is_open else "answered"
        lines.append(f"{question.text} {how}: {answer} ({question.answers[answer]})")
    return lines
