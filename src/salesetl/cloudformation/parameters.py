"""Build the parameters of a pipeline's template, and the conditions on them."""

from typing import Any


def parameters(*, has_function: bool) -> dict[str, Any]:
    """Return the parameters. Those that the environment has too get the environment's value."""
    key = "arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"
    found = {
        "Env": _parameter(
            "Name of the environment. All names contain it.",
            "[a-z][a-z0-9]{0,9}",
            "a letter, then at most nine letters or digits, all lower case",
        ),
        "Release": _parameter(
            "Release that the job runs, a folder in releases/ of the scripts bucket.",
            "[0-9][0-9A-Za-z.]*-[0-9A-Za-z.-]+",
            "a version, a dash and a digest",
        ),
        "KmsKeyArn": _parameter(
            "Key that encrypts the buckets. Empty for the key that S3 manages.",
            f"({key})?",
            "the ARN of a key, not of an alias, or empty",
            "",
        ),
        "Schedules": _parameter(
            "Whether the schedule starts the job, with an alarm when no run succeeds"
            ' ("on" or "off").',
            "(on|off)",
            "on or off",
            "off",
        ),
        "LogRetentionDays": _parameter(
            "Number of days to keep logs.",
            "(7|14|30|60|90|180|365|731)",
            "7, 14, 30, 60, 90, 180, 365 or 731",
            "90",
        ),
        "Crawler": _parameter(
            "Whether to create a crawler, started by hand. The job registers its tables itself"
            ' ("yes" or "no").',
            "(yes|no)",
            "yes or no",
            "no",
        ),
    }
    found["DataQuality"] = _parameter(
        "Whether to attach rulesets of Glue Data Quality to the tables, which must be there already"
        ' ("yes" or "no").',
        "(yes|no)",
        "yes or no",
        "no",
    )
    if has_function:
        found["FunctionPackage"] = _parameter(
            "Package of the Lambda function, a zip in the scripts bucket. Empty for no function.",
            r"([A-Za-z0-9/._-]+\.zip)?",
            "the key of a zip, or empty",
            "",
        )
        found["FunctionConcurrency"] = _parameter(
            "Number of runs of the function at a time that are reserved for it; 0 to reserve none."
            " Set it to 2 once the account may run more than 100 at a time. A new account often"
            " may run only 10, and then a deploy fails that reserves some.",
            "0|[2-9]|[1-9][0-9]{1,2}",
            "0, or at least 2",
            "0",
        )
    return found


def _parameter(
    description: str, pattern: str, constraint: str, default: str | None = None
) -> dict[str, Any]:
    return {
        "Type": "String",
        **({} if default is None else {"Default": default}),
        "Description": description,
        "AllowedPattern": pattern,
        "ConstraintDescription": constraint,
    }


def conditions(*, has_function: bool) -> dict[str, Any]:
    """Return the conditions that resources depend on."""
    found: dict[str, Any] = {
        "HasKey": _is_not("KmsKeyArn", ""),
        "AreSchedulesOn": {"Fn::Equals": [{"Ref": "Schedules"}, "on"]},
        "HasCrawler": {"Fn::Equals": [{"Ref": "Crawler"}, "yes"]},
        "HasDataQuality": {"Fn::Equals": [{"Ref": "DataQuality"}, "yes"]},
    }
    if has_function:
        found["HasFunction"] = _is_not("FunctionPackage", "")
        found["IsReserved"] = _is_not("FunctionConcurrency", "0")
    return found


def _is_not(parameter: str, value: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, value]}]}
