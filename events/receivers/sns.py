"""Whether a message at an HTTPS endpoint is from Amazon SNS, and from a topic of ours.

Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The certificate is fetched
from SNS's own host, and nowhere else, whatever the message says; both signature versions are checked with
`cryptography`.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from urllib.parse import SplitResult

SUBSCRIBED, UNSUBSCRIBED = "SubscriptionConfirmation", "UnsubscribeConfirmation"
_CONFIRMING = (SUBSCRIBED, UNSUBSCRIBED)
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_CONFIRMING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES = {"1": SHA1, "2": SHA256}
# What is signed is told apart by its lines alone, so that no member but the text may have several.
_LINES = ("MessageId", "Timestamp", "TopicArn", "Type")
_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")
_URL = re.compile(r"[!-~]{1,2048}")
_MOST_CERTIFICATES, _LONGEST_CERTIFICATE = 16, 65_536  # kept at once, bytes
# SNS tries an HTTPS endpoint for an hour; clocks are a little off.
_OLDEST, _YOUNGEST = timedelta(hours=2), timedelta(minutes=15)


class NotFromSnsError(Exception):
    """The message is not what it says it is; the text says why, and quotes nothing of it."""


def fetch(url: str) -> bytes:
    """Read an address of SNS over TLS, within five seconds."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (its scheme and host were checked)
        return bytes(answer.read(_LONGEST_CERTIFICATE))


@dataclass
class Verifier:
    """Checks messages of the topics named. `read` fetches a certificate by its address."""

    topics: Collection[str]
    read: Callable[[str], bytes] = fetch
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    _fetching: threading.Lock = field(default_factory=threading.Lock)

    def check(self, message: Mapping[str, Any]) -> None:
        """Raise `NotFromSnsError` unless SNS signed the message for one of the topics, and lately."""
        topic = message.get("TopicArn")
        if not isinstance(topic, str) or topic not in self.topics:
            raise NotFromSnsError("it is of no topic that is expected here")
        _check_members(message)
        self._check_time(message.get("Timestamp"))
        digest = _HASHES.get(str(message.get("SignatureVersion")))
        if digest is None:
            raise NotFromSnsError("its signature is of a version that is not known")
        url = certificate_url(message.get("SigningCertURL"), topic)
        try:
            signature = base64.b64decode(str(message.get("Signature")), validate=True)
            self._key(url).verify(signature, string_to_sign(message), PKCS1v15(), digest())
        except (binascii.Error, InvalidSignature):
            raise NotFromSnsError("its signature is not right") from None

    def _check_time(self, stamp: Any) -> None:
        try:
            at = datetime.fromisoformat(str(stamp))
            age = self.now() - at
        except (ValueError, TypeError):
            raise NotFromSnsError("it says no time") from None
        if not -_YOUNGEST <= age <= _OLDEST:
            raise NotFromSnsError("it is not of now")

    def _key(self, url: str) -> RSAPublicKey:
        """The key of a certificate, which is fetched once, however many messages come at once."""
        if found := self._keys.get(url):
            return found
        with self._fetching:
            if found := self._keys.get(url):
                return found
            key = self._certified(self.read(url))
            if len(self._keys) >= _MOST_CERTIFICATES:
                self._keys.clear()
            self._keys[url] = key
        return key

    def _certified(self, pem: bytes) -> RSAPublicKey:
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError:
            raise NotFromSnsError("its certificate can't be read") from None
        key = certificate.public_key()
        valid = certificate.not_valid_before_utc <= self.now() <= certificate.not_valid_after_utc
        if not (valid and isinstance(key, RSAPublicKey)):
            raise NotFromSnsError("its certificate is not valid now")
        return key


def certificate_url(url: Any, topic: str) -> str:
    """The address of a certificate of SNS in the topic's own region; `NotFromSnsError` for any other."""
    parts = _sns_url(url, topic)
    if parts.query or not _CERTIFICATE.fullmatch(parts.path):
        raise _elsewhere()
    return str(url)


def subscribe_url(message: Mapping[str, Any]) -> str:
    """The address that confirms what the message is about, and does nothing else; else `NotFromSnsError`."""
    topic, url = message["TopicArn"], message.get("SubscribeURL")
    parts = _sns_url(url, topic)
    asked = {"Action": "ConfirmSubscription", "TopicArn": topic, "Token": message.get("Token")}
    given = parse_qsl(parts.query, keep_blank_values=True)
    if parts.path != "/" or len(given) != len(asked) or dict(given) != asked:
        raise _elsewhere()
    return str(url)


def _sns_url(url: Any, topic: str) -> SplitResult:
    """An address of SNS in the topic's own region and partition, over TLS, in plain characters."""
    try:
        parts = urlsplit(url if isinstance(url, str) and _URL.fullmatch(url) else "")
    except ValueError:
        raise _elsewhere() from None
    _, partition, _, region, *_ = [*topic.split(":"), "", "", ""]
    host = f"sns.{region}.{_SUFFIXES.get(partition)}"
    right = parts.scheme == "https" and parts.netloc == host and "#" not in str(url)
    if not (right and partition in _SUFFIXES and _REGION.fullmatch(region)):
        raise _elsewhere()
    return parts


def _elsewhere() -> NotFromSnsError:
    return NotFromSnsError("it points to an address that is not SNS's")


def _check_members(message: Mapping[str, Any]) -> None:
    """What is signed must be there, as texts; a subject may be missing.

    `7` and `"7"` have one signature, and so have members whose lines are parted otherwise.
    """
    confirming = message.get("Type") in _CONFIRMING
    lines = [*_LINES, *(("SubscribeURL", "Token") if confirming else ())]
    if message.get("Subject") is not None:
        lines.append("Subject")
    for name in ("Message", *lines):
        value = message.get(name)
        if not isinstance(value, str) or (name in lines and "\n" in value):
            raise NotFromSnsError("a member is missing, or is no text")


def string_to_sign(message: Mapping[str, Any]) -> bytes:
    """The names and values that SNS signs, in its order, each on a line; what a message lacks is left out."""
    names = _SIGNED_CONFIRMING if message.get("Type") in _CONFIRMING else _SIGNED
    lines = [f"{name}\n{message[name]}\n" for name in names if message.get(name) is not None]
    return "".join(lines).encode("utf-8", "replace")
