"""The commands of source profiles: suggest one for a file, list and show those that are shipped."""

from __future__ import annotations

import argparse
import json
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from salesetl.cli import show
from salesetl.cli.checking import run_apart
from salesetl.cli.choosing import pipeline_for
from salesetl.errors import ArgumentError
from salesetl.mapping.profile_files import shipped_profiles
from salesetl.registry import jobs
from salesetl.runs import RunReport
from salesetl.suggesting.asking import Asker, Question
from salesetl.suggesting.suggestion import Suggestion, suggest

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(groups: Commands) -> None:
    """Add the commands of source profiles."""
    group = groups.add_parser("profile", help="suggest, list and show source profiles")
    commands = group.add_subparsers(required=True)
    _add_suggest(commands)
    listed = commands.add_parser("list", help="list the shipped source profiles")
    listed.set_defaults(command=show.list_profiles)
    shown = commands.add_parser("show", help="show a source profile, to start from")
    shown.add_argument("name", choices=shipped_profiles())
    shown.set_defaults(command=show.show_profile)


def _add_suggest(commands: Commands) -> None:
    command = commands.add_parser(
        "suggest",
        help="suggest a source profile for a file",
        description="Look at a file, suggest a source profile for it, and try it. The profile is"
        " printed, or written with --to. Columns that FILE lacks are looked up in the other files.",
        allow_abbrev=False,
    )
    command.add_argument(
        "file", help="the file with the rows, or a folder or glob of such"
    )
    command.add_argument("others", nargs="*", help="files to look columns up in")
    command.add_argument(
        "--job", choices=jobs(), help="the job, if it is not clear from the file"
    )
    command.add_argument(
        "--to", metavar="PROFILE", help="write the profile to this file"
    )
    command.add_argument("--sheet", help="the sheet of a workbook with several")
    command.add_argument(
        "--answer",
        metavar="QUESTION=ANSWER",
        action="append",
        default=[],
        help="answer a question, which is not asked then",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=suggest_profile)


def suggest_profile(arguments: argparse.Namespace) -> str:
    """Return a profile for a file; what is told of it goes to standard error."""
    job = arguments.job
    pipeline = jobs()[job] if job else pipeline_for(arguments.file)
    is_asked = sys.stdin.isatty() and sys.stderr.isatty() and not arguments.json
    asker = Asker(_given(arguments.answer), _ask if is_asked else None)

    def run(path: str, profile: str) -> RunReport:
        report, _ = run_apart(pipeline, path, ["--source_profile", profile])
        return report

    folder = str(Path(arguments.to).absolute().parent) if arguments.to else None
    found = suggest(
        pipeline,
        arguments.file,
        arguments.others,
        asker,
        run,
        folder=folder,
        sheet=arguments.sheet,
    )
    if arguments.to:
        _write(Path(arguments.to), found.text)
    if arguments.json:
        return f"{json.dumps(_as_dict(found, pipeline.job), indent=2)}\n"
    print(_told(found, arguments), file=sys.stderr)
    return "" if arguments.to else found.text


def _write(path: Path, text: str) -> None:
    """Write a profile, and keep another one that is there: somebody may have edited it."""
    if path.exists() and path.read_bytes() != text.encode():
        names = (f"{path.name}.bak{number or ''}" for number in count())
        kept = next(
            place for name in names if not (place := path.with_name(name)).exists()
        )
        path.replace(kept)
        print(
            f"{path}: written; the profile that was there is now {kept}",
            file=sys.stderr,
        )
    path.write_text(text, encoding="utf-8")


def _given(words: list[str]) -> dict[str, str]:
    answers = {}
    for word in words:
        name, sign, answer = word.partition("=")
        if not sign:
            raise ArgumentError(f"--answer {word}: write QUESTION=ANSWER")
        answers[name.strip()] = answer.strip()
    return answers


def _ask(question: Question) -> str:
    """Ask on the terminal; an empty line is the likely answer."""
    print(question.text, file=sys.stderr)
    for name, meaning in question.answers.items():
        likely = "  (if you just press Enter)" if name == question.likely else ""
        print(f"  {name}: {meaning}{likely}", file=sys.stderr)
    while True:
        print("> ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip()
        if not answer or answer in question.answers:
            return answer
        print(f"one of: {', '.join(question.answers)}", file=sys.stderr)


def _told(found: Suggestion, arguments: argparse.Namespace) -> str:
    lines = []
    if found.shipped:
        lines.append(
            f"the shipped profile {found.shipped} fits: --source_profile {found.shipped}"
        )
    if found.tried:
        what = "" if found.is_whole else "a sample of "
        lines.append(
            f"{arguments.file}: of {what}{found.tried.rows_read:,} rows {found.tried.job} loads"
            f" {found.tried.rows_loaded:,}, rejects {found.tried.rows_quarantined:,}, filters"
            f" {found.tried.rows_filtered:,}"
        )
        if not found.tried.rows_loaded and not arguments.job:
            lines.append("  if the file is for another job, name it with --job")
        reasons = found.tried.rows_by_reason.items()
        lines += [f"  {name}: {count:,}" for name, count in reasons]
        lines += [f"hint: {hint}" for hint in found.tried.hints]
    else:
        lines.append(
            f"{arguments.file}: the profile does not load yet: {found.failure}"
        )
    lines += [f"look at: {remark}" for remark in found.remarks]
    for question in found.questions:
        lines.append(
            f"{question.text} Assumed: {question.likely}. To decide, add one of"
        )
        lines += [
            f"  --answer {question.name}={name}   {meaning}"
            for name, meaning in question.answers.items()
        ]
    return "\n".join(lines)


def _as_dict(found: Suggestion, job: str) -> dict[str, object]:
    tried = found.tried
    return {
        "job": job,
        "profile": found.text,
        "shipped": found.shipped or None,
        "is_whole": found.is_whole,
        "rows_read": tried.rows_read if tried else None,
        "rows_loaded": tried.rows_loaded if tried else None,
        "rows_by_reason": tried.rows_by_reason if tried else {},
        "amounts": tried.amounts if tried else {},
        "failure": found.failure or None,
        "remarks": list(found.remarks),
        "answers": found.answers,
        "questions": [
            {"name": each.name, "text": each.text, "answers": dict(each.answers)}
            for each in found.questions
        ],
    }
