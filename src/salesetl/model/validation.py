"""Checks that the parts of a declared pipeline fit together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from salesetl.model.source import Source
from salesetl.model.strategies import Append, Merge

if TYPE_CHECKING:
    from salesetl.model.pipeline import Output, Pipeline

_NAME = re.compile("[a-z][a-z0-9_]{0,15}")


def validate(pipeline: Pipeline) -> None:
    """See that the parts of a declaration fit together; ValueError tells which do not."""
    _check_names(pipeline)
    _ = pipeline.ordered_sources
    for output in pipeline.outputs:
        _check_output(pipeline, output)
    for source in pipeline.sources:
        _check_strategies(pipeline, source)
    if not pipeline.outputs_of(pipeline.main):
        raise ValueError(
            f"pipeline {pipeline.name}: no output is made from its main source,"
            f" {pipeline.main.name}"
        )


def _check_names(pipeline: Pipeline) -> None:
    if not _NAME.fullmatch(pipeline.name):
        raise ValueError(
            f"pipeline {pipeline.name!r}: its name is part of paths and of names on AWS: a letter,"
            " then letters, digits or _, all lower case, at most 16"
        )
    for kind in (pipeline.contracts, pipeline.tables):
        names = [each.name for each in kind]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"pipeline {pipeline.name}: {name!r} is declared twice"
                )
    for table in (*pipeline.contracts, *pipeline.tables):
        if table.namespace != pipeline.name:
            raise ValueError(
                f"pipeline {pipeline.name}: {table.name} is in the namespace {table.namespace!r},"
                f" but must be in {pipeline.name!r}"
            )
    for source in pipeline.sources:
        for rule in source.contract.rules:
            if rule.needs and rule.needs not in source.needs:
                raise ValueError(
                    f"pipeline {pipeline.name}: rule {rule.name} needs {rule.needs!r}, which"
                    f" {source.name} does not need"
                )
        if source.path_option not in pipeline.options.names():
            raise ValueError(
                f"pipeline {pipeline.name}: its options need {source.path_option}"
            )


def _check_output(pipeline: Pipeline, output: Output) -> None:
    told = f"pipeline {pipeline.name}: output {output.table.name}"
    above = pipeline.above(output)
    known = [each.name for each in pipeline.contracts]
    if above is None and output.of not in known:
        raise ValueError(f"{told}: is made from {output.of!r}, which is not declared")
    if above and above.table.partition_by != output.table.partition_by:
        raise ValueError(
            f"{told}: is made from the rows of {output.of}, so it must have the same partitions"
            f" {above.table.partition_by}"
        )
    upstream = above.table if above else pipeline.source(output.of).contract
    if output.of_rejected and (above or output.table.amounts):
        raise ValueError(
            f"{told}: is made from rejected rows, so it must be of a source, and has no amounts"
        )
    for own, amount in output.sums.items():
        if own not in output.table.amounts or amount not in upstream.reconciled_amounts:
            raise ValueError(
                f"{told}: sums {own!r} of {amount!r}, but both must be declared as amounts"
            )
    has_sums = output.owed(upstream.reconciled_amounts)
    if has_sums and bool(upstream.currency) != bool(output.table.currency):
        raise ValueError(
            f"{told}: needs a currency column like {upstream.name}, because currencies are"
            " never added"
        )
    if output.refresh and output.refresh.of not in known:
        raise ValueError(
            f"{told}: is refreshed from {output.refresh.of!r}, which is not a source"
        )
    if output.refresh and output.refresh.option not in pipeline.options.names():
        raise ValueError(f"{told}: its options need {output.refresh.option}")


def _check_strategies(pipeline: Pipeline, source: Source) -> None:
    """See that the outputs of a source treat its rows alike."""
    for output in pipeline.outputs_of(source):
        told = f"pipeline {pipeline.name}: output {output.table.name}"
        strategy = output.table.strategy
        if isinstance(strategy, Merge) and strategy.of_file and source is pipeline.main:
            raise ValueError(
                f"{told}: cannot be merged by file, because a replay of {source.name} has only some"
                " rows of a file"
            )
        if (
            source.whole
            and isinstance(strategy, Merge)
            and (output.table.replaced_by != source.whole)
        ):
            raise ValueError(
                f"{told}: must be merged by {source.whole}, because {source.name} are whole by"
                " these columns"
            )
        if not pipeline.appended_to(source):
            continue
        if not isinstance(strategy, Append):
            raise ValueError(
                f"{told}: must append too, because a row of {source.name} that was loaded"
                " before is not loaded again"
            )
        if not set(source.contract.key) <= set(output.table.columns):
            raise ValueError(
                f"{told}: needs the key of {source.name}, {source.contract.key}, to find rows"
                " that were loaded before"
            )
