"""Seals by themselves: each one's signature, the one before it, and the days that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from slaclock.checking.findings import Finding
from slaclock.evidence.canonical import content_hash
from slaclock.evidence.seal import between, der_of, fingerprint, is_within, signed_bytes
from slaclock.evidence.signatures import PublicKey
from slaclock.sealing.leaves import seal_of
from slaclock.seals import Sealed, Seals, SealUnreadable


@dataclass(slots=True)
class InTurn:
    """The seals in their turn, by the keys that whoever asks trusts."""

    seals: Seals
    keys: Sequence[PublicKey]
    days: list[date] = field(default_factory=list)  # that have a seal, which no later one rejects

    def unsealed(self, day: date) -> Iterator[Finding]:
        """A day before the first seal, after the last one, or in a gap: which the next seal must say."""
        after = next((each for each in self.days if each > day), None)
        if after is None:
            yield Finding(day, "there is no seal yet", fault=False)
            return
        try:
            seal = seal_of(self.seals, after).seal
        except SealUnreadable:
            yield Finding(day, "there is no seal, and the next one can't be read")
            return
        if is_within(day, seal["missing"]):
            yield Finding(day, f"gap: there is no seal, as the seal of {after} says", fault=False)
        elif seal["previous"] is None:
            yield Finding(day, f"there is no seal: the first one is of {after}", fault=False)
        else:
            yield Finding(day, f"the seal is gone: that of {after} does not say that there is none")

    def signature(self, sealed: Sealed) -> Iterator[Finding]:
        """A seal is signed as it is, by one of the keys."""
        day, named = sealed.day, sealed.seal["key"]["fingerprint"]
        if fingerprint(der_of(sealed.public_key)) != named:
            yield Finding(day, "the public key beside the seal is not the one that the seal names")
        key = next((each for each in self.keys if each.fingerprint == named), None)
        if key is None:
            yield Finding(day, f"signed by {named}, which is none of the keys that you trust: --key")
        elif not key.signed(signed_bytes(sealed.seal), sealed.signature):
            yield Finding(day, "bad signature: the seal was not signed as it is by the key that it names")

    def before(self, sealed: Sealed) -> Iterator[Finding]:
        """The seal before it is the one that it names, and nothing between them is kept silent about."""
        day, named = sealed.day, sealed.seal["previous"]
        before = max((each for each in self.days if each < day), default=None)
        for first, last in sealed.seal.get("rejected", ()):
            yield Finding(day, f"broken: it passes over the seals from {first} to {last}, which did not hold")
        if named is None:
            said = (
                "the first seal" if before is None else f"it names no seal before it, and there is {before}"
            )
            yield Finding(day, said, fault=before is not None)
            return
        its = date.fromisoformat(named["day"])
        if sealed.seal["missing"] != between(its, day):
            yield Finding(day, f"it does not say which days it missed since {its}")
        if before != its:
            what = "is gone" if before is None or before < its else f"is not the one before it, {before} is"
            yield Finding(day, f"broken: the seal of {its}, which it names, {what}")
            return
        previous = seal_of(self.seals, its).seal
        if content_hash(previous) != named["hash"]:
            yield Finding(day, f"broken: it was made after another seal of {its} than there is")
        if previous["key"]["fingerprint"] != sealed.seal["key"]["fingerprint"]:
            yield Finding(day, f"from here on another key: {sealed.seal['key']['fingerprint']}", fault=False)
