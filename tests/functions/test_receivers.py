"""The receivers in `events/receivers/`: what SNS signed is taken once, and nothing else."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from events.receivers import forward, sns
from events.receivers import receiver as receiving
from slaclock.notices import Channel, compose
from slaclock.notices.channel import FORMATS
from tests.spec.notice_samples import NOW as TOLD
from tests.spec.notice_samples import SAMPLES, TICKET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOPIC = "arn:aws:sns:eu-west-1:123456789012:desk-OnCall1"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
CONFIRM = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336"
CONFIRMING: dict[str, Any] = {
    "Type": "SubscriptionConfirmation",
    "Token": "2336",
    "SubscribeURL": CONFIRM,
    "Subject": None,
}
NOW = datetime(2026, 3, 28, 13, 21, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: RSAPrivateKey, now: datetime) -> bytes:
    """A certificate of our own making, for a day before and after."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def signed(key: RSAPrivateKey, version: str = "2", **members: Any) -> dict[str, Any]:
    """A message as SNS posts it."""
    message = {
        "Type": "Notification", "MessageId": "22b80b92", "TopicArn": TOPIC, "Subject": "BREACH",
        "Message": json.loads(compose(SAMPLES["escalation_due"], "oncall-1", TICKET, TOLD).message)["https"],
        "Timestamp": "2026-03-28T13:20:01.123Z", "SignatureVersion": version, "SigningCertURL": CERTIFICATE,
        **members,
    }  # fmt: skip
    message = {name: value for name, value in message.items() if value is not None}
    digest = {"1": SHA1, "2": SHA256}.get(version, SHA256)()
    signature = key.sign(sns.string_to_sign(message), PKCS1v15(), digest)
    return {**message, "Signature": base64.b64encode(signature).decode()}


class Kit:
    """A receiver, what it took, what it read and what it confirmed."""

    def __init__(self, key: RSAPrivateKey, now: datetime = NOW) -> None:
        self.took: list[Any] = []
        self.read: list[str] = []
        self.confirmed: list[str] = []
        self.failing = False
        self.pem = certificate(key, NOW)
        self.topics = {TOPIC}
        verifier = sns.Verifier(self.topics, self._fetch, lambda: now)
        self.receiver = receiving.Receiver(verifier, self._take, self.confirmed.append)

    def post(self, message: Any) -> int:
        return int(self.receiver.post(json.dumps(message).encode()))

    def _fetch(self, url: str) -> bytes:
        self.read.append(url)
        return self.pem

    def _take(self, notice: Any) -> None:
        if self.failing:
            raise OSError("disk full")
        self.took.append(notice)


@pytest.fixture
def kit(key: RSAPrivateKey) -> Kit:
    return Kit(key)


def test_the_text_that_is_signed_is_what_sns_documents() -> None:
    """Names in byte order, each with its value on a line of its own; a subject only where there is one."""
    message = {
        "Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": "a\nb", "Timestamp": "now",
        "Extra": 1,
    }  # fmt: skip
    plain = b"Message\na\nb\nMessageId\nm\nTimestamp\nnow\nTopicArn\nt\nType\nNotification\n"
    assert sns.string_to_sign(message) == plain
    assert b"MessageId\nm\nSubject\ns\nTimestamp" in sns.string_to_sign({**message, "Subject": "s"})
    confirming = {
        **message,
        "Type": "SubscriptionConfirmation",
        "SubscribeURL": "u",
        "Token": "k",
        "Subject": "s",
    }
    assert sns.string_to_sign(confirming) == (
        b"Message\na\nb\nMessageId\nm\nSubscribeURL\nu\nTimestamp\nnow\nToken\nk\nTopicArn\nt\n"
        b"Type\nSubscriptionConfirmation\n"
    )


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", ["BREACH", None])
def test_what_sns_signed_is_taken(kit: Kit, key: RSAPrivateKey, version: str, subject: str | None) -> None:
    """With SHA-1 or SHA-256, as the topic is set; the notice is our document."""
    assert kit.post(signed(key, version, Subject=subject)) == HTTPStatus.OK
    assert [each["notification_id"] for each in kit.took] == [SAMPLES["escalation_due"].id]


def test_a_doubled_message_is_taken_once(kit: Kit, key: RSAPrivateKey) -> None:
    """SNS delivers at least once, and we publish at least once: by `notification_id`, not by SNS's id."""
    for name in ("a", "b"):
        assert kit.post(signed(key, MessageId=name)) == HTTPStatus.OK
    assert len(kit.took) == 1


def told(name: str, shape: str = "text") -> str:
    """What a topic of that format carries of a sample."""
    channel = Channel("arn:x", format=shape)
    message = compose(SAMPLES[name], "oncall-1", TICKET, TOLD, channel=channel).message
    return str(json.loads(message)["https"])


@pytest.mark.parametrize("shape", FORMATS)
def test_a_double_is_known_in_every_shape(kit: Kit, key: RSAPrivateKey, shape: str) -> None:
    """Our document, chat's, PagerDuty's and Opsgenie's: by the id in the text that is signed."""
    for number, name in enumerate(("escalation_due", "escalation_due", "breach_ended")):
        assert kit.post(signed(key, MessageId=str(number), Message=told(name, shape))) == HTTPStatus.OK
    assert kit.took == [json.loads(told(name, shape)) for name in ("escalation_due", "breach_ended")]


def test_what_bears_no_id_of_ours_is_known_by_snss(kit: Kit, key: RSAPrivateKey) -> None:
    """A text that somebody else published on the topic."""
    for name in ("a", "b", "a"):
        kit.post(signed(key, MessageId=name, Message="hello"))
    assert kit.took == [{"text": "hello"}, {"text": "hello"}]


def test_attributes_tell_no_message_from_another(kit: Kit, key: RSAPrivateKey) -> None:
    """They are not signed: by them one could be taken twice, or keep the all-clear away."""
    message = signed(key)
    for name in (SAMPLES["breach_ended"].id, "another", SAMPLES["escalation_due"].id):
        attributes = {"notification_id": {"Type": "String", "Value": name}}
        assert kit.post({**message, "MessageAttributes": attributes}) == HTTPStatus.OK
    ended = signed(key, MessageId="e", Message=told("breach_ended"))
    assert kit.post(ended) == HTTPStatus.OK
    assert [each["fact"] for each in kit.took] == ["escalation_due", "breach_ended"]


def test_two_topics_are_two(key: RSAPrivateKey) -> None:
    """An audience of each hears of it: one that was taken for the one is not a double for the other."""
    kit, other = Kit(key), f"{TOPIC}-da"
    kit.topics.add(other)
    for topic in (TOPIC, other, TOPIC):
        assert kit.post(signed(key, TopicArn=topic)) == HTTPStatus.OK
    assert len(kit.took) == 2


def test_only_the_latest_are_remembered(
    kit: Kit, key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has a bound; the oldest is forgotten first."""
    monkeypatch.setattr(receiving, "_MOST_SEEN", 2)
    for text in ("a", "b", "c", "b", "c", "a"):
        kit.post(signed(key, MessageId=text, Message=text))
    assert [each["text"] for each in kit.took] == ["a", "b", "c", "a"]


def test_what_could_not_be_taken_is_asked_for_again(kit: Kit, key: RSAPrivateKey) -> None:
    """500 has SNS try again; it is not a double then."""
    kit.failing = True
    assert kit.post(signed(key)) == HTTPStatus.INTERNAL_SERVER_ERROR
    kit.failing = False
    assert kit.post(signed(key)) == HTTPStatus.OK
    assert len(kit.took) == 1


def test_a_subscription_is_confirmed_where_it_is_of_our_topic(kit: Kit, key: RSAPrivateKey) -> None:
    """The address is SNS's own, over TLS."""
    assert kit.post(signed(key, **CONFIRMING)) == HTTPStatus.OK
    assert (kit.confirmed, kit.took) == ([CONFIRM], [])
    other = {**CONFIRMING, "TopicArn": TOPIC + "2"}
    assert kit.post(signed(key, **other)) == HTTPStatus.FORBIDDEN
    assert kit.confirmed == [CONFIRM]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        CONFIRM.replace("ConfirmSubscription", "Unsubscribe"),
        CONFIRM.replace("2336", "2337"),
        CONFIRM.replace(TOPIC, f"{TOPIC}2"),
        CONFIRM.partition("&")[0],
        f"{CONFIRM}&AuthenticateOnUnsubscribe=true",
        f"{CONFIRM}&Token=2336",
        f"{CONFIRM}#x",
        f"{CONFIRM}#",
        CONFIRM.replace("/?", "/\n?"),
        CONFIRM.replace("/?", "/x?"),
        None,
    ],
)
def test_nothing_but_the_confirmation_is_asked_of_sns(kit: Kit, key: RSAPrivateKey, url: str | None) -> None:
    """Its own parameters, of this topic and with this token; all else is refused, signed or not."""
    assert kit.post(signed(key, **{**CONFIRMING, "SubscribeURL": url})) == HTTPStatus.FORBIDDEN
    assert kit.confirmed == []


def test_who_was_unsubscribed_hears_so(
    kit: Kit, key: RSAPrivateKey, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the standard error: nothing more will come. Nobody is subscribed again in silence."""
    assert kit.post(signed(key, **{**CONFIRMING, "Type": "UnsubscribeConfirmation"})) == HTTPStatus.OK
    assert capsys.readouterr().err == f"unsubscribed: nothing more comes from {TOPIC}\n"
    assert (kit.confirmed, kit.took) == ([], [])


@pytest.mark.parametrize(
    ("partition", "region", "suffix", "answer"),
    [
        ("aws", "eu-west-1", "amazonaws.com", 200),
        ("aws-cn", "cn-north-1", "amazonaws.com.cn", 200),
        ("aws-us-gov", "us-gov-west-1", "amazonaws.com", 200),
        ("aws", "eu-west-1", "amazonaws.com.cn", 403),
        ("aws-cn", "cn-north-1", "amazonaws.com", 403),
        ("aws-other", "eu-west-1", "amazonaws.com", 403),
        ("aws", "eu-west-1.evil.example/", "amazonaws.com", 403),
    ],
)
def test_the_host_is_that_of_the_topics_partition(
    key: RSAPrivateKey, partition: str, region: str, suffix: str, answer: int
) -> None:
    """China's hosts are for China's topics alone."""
    kit, topic = Kit(key), f"arn:{partition}:sns:{region}:123456789012:desk"
    kit.topics.add(topic)
    url = f"https://sns.{region}.{suffix}/SimpleNotificationService-0123.pem"
    assert kit.post(signed(key, TopicArn=topic, SigningCertURL=url)) == answer


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-01.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-01.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com/other.pem",
        "https://sns.eu-west-1.amazonaws.com/a/SimpleNotificationService-01.pem",
        "https://[sns.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "file:///etc/ssl/SimpleNotificationService-01.pem",
        f"{CERTIFICATE}?x=1",
        f"{CERTIFICATE}#x",
        f"{CERTIFICATE}#",
        f"{CERTIFICATE}\n",
        CERTIFICATE.replace(".com/", ".com\n/"),
        f" {CERTIFICATE}",
        None,
        7,
    ],
)
def test_a_certificate_comes_from_sns_and_from_nowhere_else(kit: Kit, key: RSAPrivateKey, url: Any) -> None:
    """Otherwise whoever can post could bring a key of their own: nothing is fetched."""
    assert kit.post(signed(key, SigningCertURL=url)) == HTTPStatus.FORBIDDEN
    assert (kit.read, kit.took) == ([], [])


@pytest.mark.parametrize("member", ["Message", "Subject", "MessageId", "Timestamp"])
def test_a_changed_message_is_refused(kit: Kit, key: RSAPrivateKey, member: str) -> None:
    """Every member that is signed."""
    changed = {**signed(key), member: "2026-03-28T13:20:02.123Z"}
    assert kit.post(changed) == HTTPStatus.FORBIDDEN
    assert kit.took == []


@pytest.mark.parametrize("member", ["Message", "MessageId", "Timestamp", "TopicArn", "Type"])
@pytest.mark.parametrize("value", [None, 7, ["x"]])
def test_what_is_signed_must_be_there_as_a_text(
    kit: Kit, key: RSAPrivateKey, member: str, value: Any
) -> None:
    """Also where the signature is right: it is of lines, and says nothing of whose they are."""
    assert kit.post(signed(key, **{member: value})) == HTTPStatus.FORBIDDEN
    assert (kit.took, kit.read) == ([], [])


@pytest.mark.parametrize("member", ["SubscribeURL", "Token"])
def test_a_confirmation_must_have_its_own_members(kit: Kit, key: RSAPrivateKey, member: str) -> None:
    """They are signed with it."""
    assert kit.post(signed(key, **{**CONFIRMING, member: None})) == HTTPStatus.FORBIDDEN
    assert kit.confirmed == []


def test_the_lines_of_one_message_can_not_be_parted_into_another(kit: Kit, key: RSAPrivateKey) -> None:
    """A member may not end early, or run on into the next: `signed` would find the signature right."""
    message = signed(key)
    parted = [
        {"MessageId": None, "Message": f"{message['Message']}\nMessageId\n{message['MessageId']}"},
        {"Subject": None, "MessageId": f"{message['MessageId']}\nSubject\n{message['Subject']}"},
    ]
    for members in parted:
        forged = {name: value for name, value in {**message, **members}.items() if value is not None}
        assert sns.string_to_sign(forged) == sns.string_to_sign(message)
        assert kit.post(forged) == HTTPStatus.FORBIDDEN
    assert kit.took == []


@pytest.mark.parametrize(
    "message",
    ["", [], 7, None, {}, {"TopicArn": TOPIC}, {"TopicArn": [TOPIC]}, {"TopicArn": TOPIC, "Timestamp": "x"}],
)
def test_what_is_no_message_is_refused(kit: Kit, message: Any) -> None:
    """403, and nothing else happens."""
    assert kit.post(message) == HTTPStatus.FORBIDDEN
    assert kit.receiver.post(b"\xff{") == HTTPStatus.FORBIDDEN
    assert kit.receiver.post(b"[" * 100_000) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("broken", [{"Signature": "!"}, {"Signature": "AAAA"}, {"Signature": None}])
def test_a_signature_that_is_none_is_refused(kit: Kit, key: RSAPrivateKey, broken: dict[str, Any]) -> None:
    """Not base64, too short, missing."""
    assert kit.post({**signed(key), **broken}) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("version", ["0", "3", "", "SHA256"])
def test_a_version_that_is_not_known_is_refused(kit: Kit, key: RSAPrivateKey, version: str) -> None:
    """It is not guessed what was signed."""
    assert kit.post(signed(key, version)) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("stamp", "answer"),
    [
        ("2026-03-28T11:21:00.000Z", 200),
        ("2026-03-28T11:20:59.999Z", 403),
        ("2026-03-28T13:36:00.000Z", 200),
        ("2026-03-28T13:36:00.001Z", 403),
        ("2026-03-28T13:20:00", 403),
    ],
)
def test_an_old_message_is_not_taken_again(kit: Kit, key: RSAPrivateKey, stamp: str, answer: int) -> None:
    """Two hours back, a quarter of an hour ahead; SNS itself gives up after one."""
    assert kit.post(signed(key, Timestamp=stamp)) == answer


@pytest.mark.parametrize(("days", "answer"), [(-1.001, 403), (-0.999, 200), (0.999, 200), (1.001, 403)])
def test_a_certificate_counts_while_it_is_valid(key: RSAPrivateKey, days: float, answer: int) -> None:
    """From its first moment to its last."""
    now = NOW + days * DAY
    stamp = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert Kit(key, now).post(signed(key, Timestamp=stamp)) == answer


def test_a_certificate_is_fetched_once(kit: Kit, key: RSAPrivateKey) -> None:
    """And one that can't be read, or is of another key, takes no message."""
    for number in range(3):
        kit.post(signed(key, MessageId=str(number)))
    assert kit.read == [CERTIFICATE]
    for pem in (
        b"no certificate",
        certificate(generate_private_key(public_exponent=65537, key_size=2048), NOW),
    ):
        other = Kit(key)
        other.pem = pem
        assert other.post(signed(key)) == HTTPStatus.FORBIDDEN


def test_messages_that_come_at_once_fetch_the_certificate_once(kit: Kit, key: RSAPrivateKey) -> None:
    """The others wait for it."""
    fetching, first = threading.Event(), kit.pem

    def slowly(url: str) -> bytes:
        kit.read.append(url)
        fetching.wait(0.2)
        return first

    verifier = sns.Verifier({TOPIC}, slowly, lambda: NOW)
    threads = [threading.Thread(target=verifier.check, args=(signed(key),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kit.read == [CERTIFICATE]


@pytest.fixture
def endpoint(key: RSAPrivateKey, tmp_path: Path) -> Iterator[tuple[Kit, int, ssl.SSLContext]]:
    """The receiver over TLS on this machine, with a certificate of its own making."""
    now = datetime.now(UTC)
    kit, pem = Kit(key), certificate(key, now)
    (tmp_path / "tls.pem").write_bytes(pem)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "tls.key").write_bytes(secret)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "tls.pem", tmp_path / "tls.key")
    server = receiving.serve(kit.receiver, ("127.0.0.1", 0), tls)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    trusting = ssl.create_default_context(cadata=pem.decode())
    yield kit, int(server.server_address[1]), trusting
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_answers_over_tls(endpoint: tuple[Kit, int, ssl.SSLContext], key: RSAPrivateKey) -> None:
    """200 to what SNS signed, 403 to what it did not, 413 to what is too long."""
    kit, port, tls = endpoint

    def answer(body: bytes, **headers: str) -> int:
        connection = HTTPSConnection("127.0.0.1", port, context=tls, timeout=5)
        connection.request("POST", "/", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    assert answer(json.dumps(signed(key, Timestamp=None)).encode()) == HTTPStatus.FORBIDDEN
    assert answer(json.dumps(signed(key)).encode()) == HTTPStatus.OK
    assert answer(b"{}") == HTTPStatus.FORBIDDEN
    too_long = {"content-length": "1048577"}
    assert answer(b"", **too_long) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert len(kit.took) == 1


def event(name: str, shape: str) -> dict[str, Any]:
    """What a topic of that format hands to a Lambda function."""
    channel = Channel("arn:x", format=shape)
    message = json.loads(compose(SAMPLES[name], "oncall-1", TICKET, TOLD, channel=channel).message)["lambda"]
    return {"Records": [{"Sns": {"Message": message}}]}


@pytest.mark.parametrize(
    ("name", "shape", "path", "sent"),
    [
        ("escalation_due", "pagerduty", "/enqueue", {"routing_key": "k", "event_action": "trigger"}),
        ("breach_ended", "pagerduty", "/enqueue", {"routing_key": "k", "event_action": "resolve"}),
        ("escalation_due", "opsgenie", "/alerts", {"priority": "P1"}),
        ("breach_ended", "opsgenie", "/alerts/{incident}/close?identifierType=alias", {"source": "slaclock"}),
    ],
)
def test_events_are_posted_on_with_the_services_key(
    name: str, shape: str, path: str, sent: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is the receiver's: in PagerDuty's body, in Opsgenie's header, in no message of ours."""
    got: list[tuple[str, str | None, dict[str, Any]]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            got.append((self.path, self.headers.get("authorization"), body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("PAGERDUTY_URL", f"{base}/enqueue")
        monkeypatch.setenv("OPSGENIE_URL", f"{base}/alerts")
        monkeypatch.setattr(forward, "key", lambda: "k")
        forward.handler(event(name, shape), None)
        thread.join()
    ((asked, authorization, body),) = got
    document = json.loads(json.loads(compose(SAMPLES[name], "x", TICKET, TOLD).message)["sqs"])
    assert asked == path.format(incident=document["incident"])
    assert authorization == ("GenieKey k" if shape == "opsgenie" else None)
    assert body.items() >= sent.items()
    assert "action" not in body


def test_an_alias_is_one_part_of_the_address() -> None:
    """Whatever is in it: Opsgenie takes any text, and a slash would be another path."""
    body = {"action": "close", "alias": "a/b?c=d é", "source": "slaclock", "note": "n"}
    address, _, _ = forward.request(body, "k", {})
    assert address == ("https://api.opsgenie.com/v2/alerts/a%2Fb%3Fc%3Dd%20%C3%A9/close?identifierType=alias")
