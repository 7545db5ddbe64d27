"""Which of the template's resources a run has exercised, by what is to be seen; and which none does."""

from collections.abc import Iterator, Mapping

from local.template import load_template, resources
from tests.e2e import gaps
from tests.e2e.deployed import TABLES, Deployed
from tests.e2e.scene import Scene
from tests.e2e.story import SENSELESS, rows

BUCKETS = ("Quarantine", "Seals", "Lake")
# What no run exercises, by name or by type. Who takes a name out of here has made a run that does.
NOT_EXERCISED: Mapping[str, tuple[str, ...]] = {
    "ministack makes no metrics of what functions log, and shows what draws or watches them nothing": (
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "ApiLogs",
        "TurnedAway",
    ),
    "AWS asks for a permission before it calls a function, and ministack does not": (
        "AWS::Lambda::Permission",
    ),
    "nobody comes without TLS, or tries to write where only seal may": ("AWS::S3::BucketPolicy",),
    "nothing in the story fails so that it would be left there": (
        "ScheduleDeadLetters",
        "ArmFailures",
        "NotifyFailures",
        "LedgerWatchFailures",
        "PartnerFailuresPolicy",
        "ReminderFailures",
        "NoticeFailures",
        "NoticeFailuresPolicy",
    ),
    "ministack does not look for what an alias says of failures": ("PartnerFailures",),
    "made with a parameter that no run gives": (
        "PartnerEvents",
        "LakeDatabase",
        "LakeTable",
        "LakeQueries",
        "JwtAuthorizer",
    ),
    "the story has nobody who hears of it there": ("OnCall2Topic", "ManagementTopic", "DefaultTopic"),
    "no agreement of the story asks for a report, or owes a credit": ("ReportFiles", "CreditsRoute"),
    "ministack takes every OPTIONS for a browser's": ("PermissionRoute",),
    "held to what the functions call by a run with AUTH=true": ("AWS::IAM::Role",),
    "ministack's Scheduler calls whom it is told to, whatever its role allows": gaps.UNASKED,
}


def exercised(at: Scene) -> set[str]:
    """The names of the resources that this run has exercised."""
    return {
        *at.line.reached,
        *_behind_routes(at.line.reached),
        *_functions(at.deployed),
        *(name for name in TABLES if rows(at.deployed, name)),
        *(name for name in BUCKETS if _objects(at.deployed, name)),
        *(name for name, arn in at.deployed.names.items() if arn in {each.topic for each in at.inbox.heard}),
        *(queue for _, queue, _ in SENSELESS if _letters(at.deployed, queue)),
        *_by_what_was_told(at),
    }


def amiss(found: set[str]) -> list[str]:
    """What is wrong with NOT_EXERCISED after a run that exercised what was found; nothing, if all is well."""
    there, named = declared(), {each for names in NOT_EXERCISED.values() for each in names}
    missed, excused = there.keys() - found, {name for name in there if {name, there[name]} & named}
    wrong = {
        "neither exercised nor named": missed - excused,
        "named, and exercised": excused - missed,
        "named, and nowhere in the template": named - {*there, *there.values()},
    }
    return [f"{what}: {', '.join(sorted(names))}" for what, names in wrong.items() if names]


def declared() -> dict[str, str]:
    """The template's resources and their types."""
    return {name: each["Type"] for name, each in load_template()["Resources"].items()}


def _functions(deployed: Deployed) -> Iterator[str]:
    """Functions that logged, their logs, and the layer without which none runs."""
    logs = deployed.emulator.client("logs")
    for name, _ in resources("AWS::Serverless::Function"):
        group = deployed.names[f"{name}Logs"]
        if logs.describe_log_streams(logGroupName=group)["logStreams"]:
            yield from (name, f"{name}Logs", "CoreLayer")


def _behind_routes(reached: set[str]) -> Iterator[str]:
    """What a request goes through to its route's function."""
    for name, properties in resources("AWS::ApiGatewayV2::Route"):
        if name in reached:
            integration = properties["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
            yield from ("Api", "Stage", integration)


def _by_what_was_told(at: Scene) -> Iterator[str]:
    """A timer's breach came by a schedule, a reminder by the queue; who signs or links has a key."""
    told = {each.message["fact"]: each.message for each in at.inbox.heard}
    if told.get("clock_breached", {}).get("detected_by") == "timer":
        yield "ScheduleGroup"
    if any(each.message["ticket_id"] == "T-3" for each in at.inbox.heard):
        yield "Reminders"
    if _objects(at.deployed, "Seals"):
        yield "SealKey"
    if "LinkUsedRoute" in at.line.reached:
        yield "LinkKey"


def _objects(deployed: Deployed, bucket: str) -> bool:
    s3 = deployed.emulator.client("s3")
    return bool(s3.list_objects_v2(Bucket=deployed.names[bucket], MaxKeys=1)["KeyCount"])


def _letters(deployed: Deployed, queue: str) -> bool:
    asked = deployed.emulator.client("sqs").get_queue_attributes(
        QueueUrl=deployed.names[queue], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return bool(asked["Attributes"]["ApproximateNumberOfMessages"] != "0")
