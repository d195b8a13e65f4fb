"""Generated events go through a stream to the files that the job of events reads."""

import gzip
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from salesetl.cloudformation.environments import environment_of
from salesetl.cloudformation.stacks import Stack
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.glue.definitions import job_definitions
from salesetl.storage import storage_of
from tests.cloudformation.conftest import RELEASE, ROOT, error_of, infra, with_templates
from tests.cloudformation.template import RESOURCES, TEMPLATES, allows, bucket, filled
from tests.cloudformation.test_function import awaited
from tests.emulator import point_at
from tests.jobs.event_stream import EventStream

ENV = "ingest"
STACK = f"salesetl-{ENV}-ingest"
ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
# Firehose has the hour in UTC, and a name of its own.
FILE = re.compile(r"events/\d{4}/\d\d/\d\d/\d\d/[^/]+\.json\.gz")
RAW = f"arn:aws:s3:::{bucket('raw')}"


def properties(name: str) -> dict[str, Any]:
    """Return the properties of a resource of the template, filled in."""
    found: dict[str, Any] = filled(RESOURCES[f"ingest.{name}"]["Properties"])
    return found


def test_files_are_zipped_lines_by_hour_where_the_job_of_events_reads_them() -> None:
    to = properties("Delivery")["ExtendedS3DestinationConfiguration"]
    [job] = [each for each in job_definitions(str(ROOT)) if each.name == "stage_events"]

    assert to["BucketARN"] == RAW
    folder = job.arguments["events_path"].removeprefix("${raw}/")
    assert to["Prefix"] == f"{folder}!{{timestamp:yyyy/MM/dd/HH}}/"
    assert not to["ErrorOutputPrefix"].startswith(folder)
    assert "!{firehose:error-output-type}" in to["ErrorOutputPrefix"]
    assert (to["CompressionFormat"], to["FileExtension"]) == ("GZIP", ".json.gz")
    assert to["ProcessingConfiguration"] == {
        "Enabled": True,
        "Processors": [
            {
                "Type": "AppendDelimiterToRecord",
                # A backslash and an n: so Firehose wants it.
                "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
            }
        ],
    }
    # The job runs ten minutes after the hour; by then the files of the hour are there.
    assert job.schedule == "cron(10 * * * ? *)"
    assert to["BufferingHints"]["IntervalInSeconds"] <= 300


def test_the_schedule_is_that_of_the_intervals_and_off_until_it_is_wanted() -> None:
    rule, parameters = properties("Schedule"), TEMPLATES["ingest"]["Parameters"]
    variables = RESOURCES["ingest.Generator"]["Properties"]["Environment"]["Variables"]

    expression = RESOURCES["ingest.Schedule"]["Properties"]["ScheduleExpression"]
    assert expression == {"Fn::Sub": "cron(0/${ScheduleMinutes} * * * ? *)"}
    assert variables["SALESETL_MINUTES"] == {"Ref": "ScheduleMinutes"}
    # Each divides an hour: else an interval would be left out or made twice at the full hour.
    minutes = parameters["ScheduleMinutes"]["AllowedPattern"].strip("()").split("|")
    assert minutes and all(60 % int(each) == 0 for each in minutes)
    assert parameters["Schedules"]["Default"] == "off"
    state = RESOURCES["ingest.Schedule"]["Properties"]["State"]
    assert state == {"Fn::If": ["AreSchedulesOn", "ENABLED", "DISABLED"]}
    assert [each["Arn"] for each in rule["Targets"]] == ["Generator"]
    assert properties("MayStartGenerator")["SourceArn"] == "Schedule"
    assert RESOURCES["ingest.SilenceAlarm"]["Condition"] == "AreSchedulesOn"


def test_what_holds_events_is_encrypted_and_keeps_them_long_enough() -> None:
    queue, stream = properties("DeadLetterQueue"), properties("Stream")

    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["SqsManagedSseEnabled"] is True
    assert stream["StreamEncryption"]["EncryptionType"] == "KMS"
    key = RESOURCES["ingest.Stream"]["Properties"]["StreamEncryption"]["KeyId"]
    assert key == {"Fn::If": ["HasKey", {"Ref": "KmsKeyArn"}, "alias/aws/kinesis"]}
    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    # A run has time for its pauses, and for the queue after them.
    assert properties("Generator")["Timeout"] >= 300


def test_alarms_look_at_dead_letters_errors_silence_and_delay() -> None:
    alarms = {
        name.removeprefix("ingest."): properties(name.removeprefix("ingest."))
        for name, each in RESOURCES.items()
        if name.startswith("ingest.") and each["Type"] == "AWS::CloudWatch::Alarm"
    }

    watched = {
        name: (each["Namespace"], each["MetricName"], each["Dimensions"][0]["Value"])
        for name, each in alarms.items()
    }
    assert watched == {
        "DeadLettersAlarm": (
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "DeadLetterQueue.QueueName",
        ),
        "GeneratorAlarm": ("AWS/Lambda", "Errors", "Generator"),
        "FailedInvocationsAlarm": ("AWS/Events", "FailedInvocations", "Schedule"),
        "SilenceAlarm": ("AWS/Lambda", "Invocations", "Generator"),
        "LagAlarm": ("AWS/Firehose", "KinesisMillisBehindLatest", "Delivery"),
        "FreshnessAlarm": ("AWS/Firehose", "DeliveryToS3.DataFreshness", "Delivery"),
    }
    buffered = properties("Delivery")["ExtendedS3DestinationConfiguration"]
    seconds = buffered["BufferingHints"]["IntervalInSeconds"]
    assert alarms["FreshnessAlarm"]["Threshold"] >= 2 * seconds
    # Well before the stream deletes what Firehose has not read.
    kept = properties("Stream")["RetentionPeriodHours"] * 3600 * 1000
    assert alarms["LagAlarm"]["Threshold"] < kept / 2


@pytest.mark.parametrize(
    ("role", "action", "resource", "is_allowed"),
    [
        ("GeneratorRole", "kinesis:PutRecords", "Stream", True),
        ("GeneratorRole", "kinesis:GetRecords", "Stream", False),
        ("GeneratorRole", "kinesis:PutRecords", ARN.format("kinesis", "x"), False),
        ("GeneratorRole", "sqs:SendMessage", "DeadLetterQueue", True),
        ("GeneratorRole", "sqs:DeleteMessage", "DeadLetterQueue", True),
        ("GeneratorRole", "sqs:PurgeQueue", "DeadLetterQueue", False),
        ("GeneratorRole", "s3:PutObject", f"{RAW}/events/2025/a.json.gz", False),
        ("DeliveryRole", "kinesis:GetRecords", "Stream", True),
        ("DeliveryRole", "kinesis:PutRecords", "Stream", False),
        ("DeliveryRole", "s3:PutObject", f"{RAW}/events/2025/a.json.gz", True),
        ("DeliveryRole", "s3:PutObject", f"{RAW}/events-failed/x/a", True),
        ("DeliveryRole", "s3:PutObject", f"{RAW}/orders/a.json", False),
        ("DeliveryRole", "s3:DeleteObject", f"{RAW}/events/2025/a.json.gz", False),
        ("events.Role", "s3:GetObject", f"{RAW}/events-failed/x/a", False),
    ],
)
def test_each_role_does_its_part_and_no_more(
    role: str, action: str, resource: str, is_allowed: bool
) -> None:
    name = role if "." in role else f"ingest.{role}"

    assert allows(name, action, resource) == is_allowed


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a package of the handler that finds the rest where the tests have it."""
    path = tmp_path_factory.mktemp("package") / "package.zip"
    [packages] = [each for each in sys.path if each.endswith("site-packages")]
    paths = [str(ROOT), str(ROOT / "src"), packages]
    # A package of the same name would hide that of the repository. The runtime of Lambda writes logs.
    handler = "from generators.events_lambda import handler\n\nlogging.basicConfig()"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr(
            "events_handler.py",
            f"import logging, sys\n\nsys.path[:0] = {paths!r}\n\n{handler}\n",
        )
    return path


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write templates that start this handler, every minute if schedules are on."""
    folder = tmp_path_factory.mktemp("templates")
    with_templates(folder, "generators.events_lambda.handler", "events_handler.handler")
    path = folder / "infra/ingest.yaml"
    text = path.read_text()
    every_minute = text.replace("0/${ScheduleMinutes} *", "* *")
    assert every_minute != text
    path.write_text(every_minute)
    return folder


@pytest.fixture(scope="module")
def stack(ministack: str, templates: Path, package: Path) -> Iterator[dict[str, str]]:
    """Deploy the stack; its outputs."""
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, ministack)
        words = ["--release", RELEASE, "--generator", str(package)]
        infra("deploy", *words, env=ENV, root=templates)
        infra("deploy", "--parameter", "Customers=100", env=ENV, root=templates)
        yield Stack(STACK).outputs()


def invoked(stack: dict[str, str], event: dict[str, Any]) -> dict[str, int]:
    """Run the function and return its answer."""
    answer = boto3.client("lambda").invoke(
        FunctionName=stack["Generator"], Payload=json.dumps(event).encode()
    )
    content = json.load(answer["Payload"])
    assert "FunctionError" not in answer, content
    assert isinstance(content, dict)
    return content


def delivered(raw: str, day: str) -> dict[str, bytes]:
    """Return the files below `events/` with events of a day, by key."""
    storage = storage_of(raw)
    found = {
        file.path.removeprefix(f"{raw}/"): storage.read(file.path)
        for file in storage.files(f"{raw}/events")
    }
    return {key: text for key, text in found.items() if f'"{day}T'.encode() in text}


@pytest.mark.usefixtures("ministack")
def test_what_is_deployed_is_as_the_template_says(stack: dict[str, str]) -> None:
    rule = boto3.client("events").describe_rule(Name=f"salesetl-{ENV}-events-schedule")
    function = boto3.client("lambda").get_function_configuration(
        FunctionName=stack["Generator"]
    )
    delivery = boto3.client("firehose").describe_delivery_stream(
        DeliveryStreamName=stack["Delivery"]
    )["DeliveryStreamDescription"]

    assert rule["State"] == "DISABLED"
    assert function["Environment"]["Variables"] == {
        "SALESETL_STREAM": stack["Stream"],
        "SALESETL_DEAD_LETTERS": stack["DeadLetterQueue"],
        "SALESETL_MINUTES": "15",
        "SALESETL_OPENED_AT": "2025-01-01T00:00:00Z",
        "SALESETL_SEED": "42",
        # Changed by a deploy without the package, which leaves the package as it is.
        "SALESETL_CUSTOMERS": "100",
        "AWS_MAX_ATTEMPTS": "2",
    }
    assert delivery["DeliveryStreamType"] == "KinesisStreamAsSource"
    [to] = delivery["Destinations"]
    assert to["ExtendedS3DestinationDescription"]["CompressionFormat"] == "GZIP"


@pytest.mark.usefixtures("ministack")
def test_a_run_puts_events_that_are_delivered_and_loaded_once(
    stack: dict[str, str], tmp_path: Path, duckdb: DuckDbEngine
) -> None:
    raw = environment_of(ENV).raw
    event = {"time": "2025-01-01T13:00:30Z", "minutes": 240}

    counts, again = invoked(stack, event), invoked(stack, event)

    assert counts == again
    made = counts["made"]
    assert made == counts["put"] > 100
    awaited(lambda: len(delivered(raw, "2025-01-01")) >= 2 * made)
    files = delivered(raw, "2025-01-01")
    assert len(files) == 2 * made
    assert all(FILE.fullmatch(key) for key in files)
    # The emulator zips nothing, whatever it is told, so this is done here.
    stream = EventStream(duckdb, tmp_path)
    for number, content in enumerate(files.values()):
        stream.raw.mkdir(parents=True, exist_ok=True)
        with (stream.raw / f"{number % 7}.json.gz").open("ab") as file:
            file.write(gzip.compress(content))
    with functions_of(duckdb.functions):
        report = stream.load()
    # Each is loaded once, though each was put twice.
    assert (report.rows_read, report.rows_loaded) == (2 * made, made)


@pytest.mark.usefixtures("ministack")
def test_the_emulator_neither_zips_nor_joins_nor_ends_lines_as_firehose_does(
    stack: dict[str, str],
) -> None:
    # If this fails, the emulator has learned something: then test it in place of the template.
    raw = environment_of(ENV).raw

    counts = invoked(stack, {"time": "2025-01-03T12:00:00Z", "minutes": 60})

    awaited(lambda: len(delivered(raw, "2025-01-03")) >= counts["made"])
    files = delivered(raw, "2025-01-03")
    for content in files.values():
        assert not content.startswith(b"\x1f\x8b")
        assert not content.endswith(b"\n")
        assert json.loads(content)["event_timestamp"].startswith("2025-01-03T11:")
    assert len(files) == counts["made"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("ministack")
def test_events_outlive_a_stream_that_is_away(stack: dict[str, str]) -> None:
    raw, kinesis = environment_of(ENV).raw, boto3.client("kinesis")
    kinesis.delete_stream(StreamName=stack["Stream"])
    awaited(lambda: stack["Stream"] not in kinesis.list_streams()["StreamNames"])

    counts = invoked(stack, {"time": "2025-01-05T12:00:00Z", "minutes": 120})

    made = counts["made"]
    assert counts == {
        "made": made,
        "put": 0,
        "retried": 7 * made,
        "dead_lettered": made,
    }
    assert made > 0 and delivered(raw, "2025-01-05") == {}
    kinesis.create_stream(StreamName=stack["Stream"], ShardCount=1)
    assert invoked(stack, {"dead_letters": "put"}) == {"put": made}
    awaited(lambda: len(delivered(raw, "2025-01-05")) == made)
    assert invoked(stack, {"dead_letters": "put"}) == {"put": 0}


@pytest.mark.slow
@pytest.mark.usefixtures("ministack")
def test_the_schedule_starts_the_function_once_it_is_on(
    stack: dict[str, str], templates: Path
) -> None:
    logs = boto3.client("logs")

    infra("deploy", "--parameter", "Schedules=on", env=ENV, root=templates)

    def told() -> list[str]:
        group = f"/salesetl/{ENV}/ingest/function"
        found = logs.filter_log_events(logGroupName=group)["events"]
        texts = [each["message"] for each in found]
        return [
            each for each in texts if "events from 20" in each and "2025" not in each
        ]

    # On AWS every 15 minutes; here every minute, for the emulator looks at each of them.
    assert awaited(told, seconds=150)


@pytest.mark.usefixtures("ministack")
def test_a_plan_names_the_stack_only_if_it_is_asked_for(
    deployed: str, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    infra("plan")
    without = capsys.readouterr().out
    infra("plan", "--generator", str(package))
    with_it = capsys.readouterr().out

    assert "salesetl-dev-ingest" not in without
    assert "salesetl-dev-ingest:" in with_it.splitlines()
    assert "add      Stream                 AWS::Kinesis::Stream" in with_it
    assert not Stack("salesetl-dev-ingest").is_there()


def test_a_package_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.zip"

    message = error_of(capsys, "deploy", "--generator", str(path))

    expected = "cannot be read (No such file or directory); run make package-generator"
    assert message == f"{path}: {expected}"


@pytest.mark.usefixtures("ministack")
def test_another_stream_would_lose_what_is_in_the_first(
    stack: dict[str, str], templates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = templates.parent / "renamed"
    shutil.copytree(templates, other, dirs_exist_ok=True)
    path = other / "infra/ingest.yaml"
    text = path.read_text()
    path.write_text(
        text.replace(
            "Name: !Sub salesetl-${Env}-events\n      StreamMode",
            "Name: !Sub salesetl-${Env}-other\n      StreamMode",
        )
    )
    capsys.readouterr()

    message = error_of(capsys, "deploy", env=ENV, root=other)

    assert message.startswith(f"{STACK} Stream would be replaced")


@pytest.mark.usefixtures("ministack")
def test_an_environment_is_deleted_with_its_events(package: Path) -> None:
    infra("deploy", "--release", RELEASE, "--generator", str(package), env="brief")
    stack, kinesis = Stack("salesetl-brief-ingest"), boto3.client("kinesis")
    assert stack.outputs()["Stream"] in kinesis.list_streams()["StreamNames"]

    infra("delete", "--yes", env="brief")

    assert not stack.is_there()
    assert "salesetl-brief-events" not in kinesis.list_streams()["StreamNames"]
