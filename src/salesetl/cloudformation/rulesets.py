"""Build the rulesets of Glue Data Quality for the tables of a pipeline.

A ruleset is attached to its table, which the job makes: so they are deployed once the job has run.
"""

from typing import Any

from salesetl import dqdl
from salesetl.cloudformation.permissions import (
    PROCESSED,
    allow,
    allow_names,
    arn,
    key_statement,
    role,
    table_arns,
)
from salesetl.cloudformation.reading import READ_ACTIONS, read_tables
from salesetl.model.pipeline import Output, Pipeline


def data_quality_resources(pipeline: Pipeline) -> dict[str, Any]:
    """Return a ruleset for each table, and the role for those who evaluate them."""
    resources = {
        f"Ruleset{_logical(output.table.name)}": _ruleset(pipeline, output)
        for output in pipeline.outputs
    }
    resources["DataQualityRole"] = role(
        f"quality-{pipeline.name}", _statements(pipeline)
    )
    return {
        name: {"Condition": "HasDataQuality"} | each for name, each in resources.items()
    }


def _ruleset(pipeline: Pipeline, output: Output) -> dict[str, Any]:
    table = output.table
    text = dqdl.ruleset(table, pipeline.contract_of(output))
    return {
        "Type": "AWS::Glue::DataQualityRuleset",
        "Properties": {
            "Name": f"salesetl-${{Env}}-{pipeline.name}-{table.sql_name}",
            "Description": f"What every row of {table.sql_name} keeps, by its contract",
            # Rules have no `${…}`, and comments are for those who read the file.
            "Ruleset": "\n".join(
                line for line in text.splitlines() if not line.startswith("#")
            ),
            "TargetTable": {
                "DatabaseName": "${Database}",
                "TableName": table.sql_name,
            },
        },
    }


def _statements(pipeline: Pipeline) -> list[Any]:
    names = [table.sql_name for table in pipeline.tables]
    rulesets = arn("glue", f"dataQualityRuleset/salesetl-${{Env}}-{pipeline.name}-*")
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    return [
        allow_names(PROCESSED),
        read_tables(pipeline),
        allow("Catalog", READ_ACTIONS, table_arns(names)),
        allow(
            "Evaluate",
            [
                "glue:GetDataQualityRuleset",
                "glue:GetDataQualityRulesetEvaluationRun",
                "glue:PublishDataQuality",
            ],
            [rulesets],
        ),
        allow("Logs", logs, [arn("logs", "log-group:/aws-glue/data-quality/*")]),
        key_statement(),
    ]


def _logical(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
