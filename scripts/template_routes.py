"""What must hold of the API: who may call which route, and how often; no linter sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.template_source import Template

THROTTLES = {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
WEBHOOKS = tuple(f"{method} /webhooks/" for method in ("POST", "OPTIONS", "GET", "HEAD"))
OPEN = (*WEBHOOKS, "GET /ack/", "HEAD /ack/", "POST /ack/")
NOTHING = {"Ref": "AWS::NoValue"}
SIGNED = {"Fn::If": ["UseJwt", "JWT", "AWS_IAM"]}
ONE_SCOPE = ["UseJwt", 1, NOTHING]


def routes_say_who_may_call(template: Template) -> Iterator[str]:
    """/v1 takes AWS's signatures, or tokens with a scope; open are webhooks, signed by senders, and links."""
    for _, properties in template.of_type("AWS::ApiGatewayV2::Route"):
        key, caller = properties["RouteKey"], properties.get("AuthorizationType")
        if caller != ("NONE" if key.startswith(OPEN) else SIGNED):
            yield f"{key} is open to {caller}"
        if caller == SIGNED and not _takes_tokens(properties):
            yield f"{key} takes tokens of anybody, or without a scope"


def _takes_tokens(properties: dict[str, Any]) -> bool:
    named = properties.get("AuthorizerId") == {"Fn::If": ["UseJwt", {"Ref": "JwtAuthorizer"}, NOTHING]}
    scopes = properties.get("AuthorizationScopes", {}).get("Fn::If", [])
    said = [each if number != 1 else len(each) for number, each in enumerate(scopes)]
    return named and said == ONE_SCOPE


def tokens_are_for_somebody(template: Template) -> Iterator[str]:
    """Where there is an issuer there is an audience: else a token for anything would be good here."""
    wanted = {"Issuer": {"Ref": "JwtIssuer"}, "Audience": [{"Ref": "JwtAudience"}]}
    for name, properties in template.of_type("AWS::ApiGatewayV2::Authorizer"):
        if properties.get("AuthorizerType") != "JWT" or properties.get("JwtConfiguration") != wanted:
            yield f"{name} lets in by {properties.get('JwtConfiguration')}"
    functions = dict(template.of_type("AWS::Lambda::Function"))
    said = functions["Records"]["Environment"]["Variables"].get("AUTHORIZATION")
    if said != {"Fn::If": ["UseJwt", "jwt", "iam"]}:
        yield f"Records lets in by {said}"


def settings_name_routes(template: Template) -> Iterator[str]:
    """RouteSettings for a route that is not there, or not yet, fail the deployment."""
    routes = {each["RouteKey"]: name for name, each in template.of_type("AWS::ApiGatewayV2::Route")}
    for name, properties in template.of_type("AWS::ApiGatewayV2::Stage"):
        awaited = list(template.body["Resources"][name].get("DependsOn", []))
        for key in properties.get("RouteSettings", {}):
            if routes.get(key) not in awaited:
                yield f"{name} has settings for {key} without DependsOn its route"


def open_routes_are_throttled(template: Template) -> Iterator[str]:
    """Anybody may call an open route: it has a rate and a burst of its own."""
    settings = [each.get("RouteSettings", {}) for _, each in template.of_type("AWS::ApiGatewayV2::Stage")]
    for _, properties in template.of_type("AWS::ApiGatewayV2::Route"):
        key = properties["RouteKey"]
        limits = {name for stage in settings for name in stage.get(key, {})}
        if properties.get("AuthorizationType") == "NONE" and not limits >= THROTTLES:
            yield f"{key} is open and not throttled"


RULES = (
    routes_say_who_may_call,
    tokens_are_for_somebody,
    settings_name_routes,
    open_routes_are_throttled,
)
