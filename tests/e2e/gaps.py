"""What ministack 1.5.33 does otherwise than AWS, and how the tests live with it: all of it, and only here.

test_gaps.py has a test for each that fails once the gap is closed. What needs no change of the template:

- Who calls a function for somebody else asks no role: Scheduler, and what reads queues and streams.
  What these roles allow is held by the rules on the template alone.
- A function's reserved concurrency is nothing to CloudFormation: a change of it changes no function.
- A call that it tries again is of the function as it was when it was first asked: after an update meanwhile
  there is a process of the former code, whose layer is gone. So what fails on purpose comes after the update.
- Of reads it counts A_READ, whatever was looked at, and nothing for BatchGetItem: `capacity` counts itself.
"""

import copy
from collections.abc import Mapping
from typing import Any

Template = dict[str, Any]
UNASKED = ("SchedulerRole",)  # roles of which no right is asked for
A_READ = {False: 0.5, True: 1.0}  # units, by whether it had to be consistent
PREFLIGHT = 403  # what every OPTIONS is answered with, as if a browser asked, whatever route there is for it
# AWS's names, as they begin where a template says no more than what a resource is called.
_ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
# A group of schedules is not seen in what a call is about, which is then believed to be the group `default`.
_DEFAULT_GROUP = {
    "Effect": "Allow",
    "Action": ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"],
    "Resource": {"Fn::Sub": _ARN % ("scheduler", "schedule/default/*")},
}
# `Ref` of a secret is its name, where AWS has its ARN.
_LINK_KEY = {"Fn::Sub": _ARN % ("secretsmanager", "secret:${LinkKey}*")}
# What is refused to whoever comes without TLS is refused to all who come to 127.0.0.1; and of a function's
# calls `aws:PrincipalArn` is the session's name, where AWS has the role's.
_REFUSED_TO_ALL = ("TlsOnly", "OnlySealWrites")
# A bucket's policy says something: that nobody without a name may make it public.
_NOTHING = {"Sid": "Nothing", "Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketAcl"}


def deployable(template: Template) -> Template:
    """The template without the alarms on an expression, with which no stack is made."""
    kept = {name: each for name, each in template["Resources"].items() if not _on_expression(each)}
    return {**template, "Resources": kept}


def under_auth(template: Template) -> Template:
    """That, changed so that with AUTH=true what AWS would allow is allowed: nothing else is."""
    changed = copy.deepcopy(deployable(template))
    of_arm = changed["Resources"]["ArmRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    of_arm["Statement"].append(_DEFAULT_GROUP)
    for resource in changed["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties["Policies"]:
                _name_the_secret(policy["PolicyDocument"])
        if resource["Type"] == "AWS::S3::BucketPolicy":
            document = properties["PolicyDocument"]
            left = [each for each in document["Statement"] if each["Sid"] not in _REFUSED_TO_ALL]
            document["Statement"] = left or [_NOTHING | {"Resource": document["Statement"][0]["Resource"]}]
    return changed


def _name_the_secret(document: dict[str, Any]) -> None:
    for statement in document["Statement"]:
        if statement.get("Resource") == {"Ref": "LinkKey"}:
            statement["Resource"] = _LINK_KEY


def _on_expression(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
