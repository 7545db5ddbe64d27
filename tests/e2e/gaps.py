"""What ministack 1.5.33 does otherwise than AWS, and how the tests live with it: all of it, and only here.

test_gaps.py has a test for each that fails once the gap is closed.
"""

import copy
from collections.abc import Mapping
from typing import Any

Template = dict[str, Any]
PREFLIGHT = 403  # what every OPTIONS is answered with, as if a browser asked, whatever route there is for it
# A group of schedules is not seen in what a call is for, which is then about the group `default`.
_UNDER_AUTH = {
    "Effect": "Allow",
    "Action": ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"],
    "Resource": {
        "Fn::Sub": "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/*"
    },
}


def deployable(template: Template) -> Template:
    """The template without the alarms on an expression, with which no stack is made."""
    kept = {name: each for name, each in template["Resources"].items() if not _on_expression(each)}
    return {**template, "Resources": kept}


def under_auth(template: Template) -> Template:
    """That, and `arm` may make and delete schedules where the emulator believes them to be."""
    changed = copy.deepcopy(deployable(template))
    (policy,) = changed["Resources"]["ArmRole"]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"].append(_UNDER_AUTH)
    return changed


def _on_expression(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]
