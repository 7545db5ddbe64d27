"""Which agreements and exclusions are a customer's alone: of these he may have the text.

An agreement is where it promises to customers, and names none but him: what suppliers and a provider's own
teams owe is none of his business, nor who else was promised the same. One that names nobody is everybody's.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from slaclock.domain.agreement import Agreement
from slaclock.domain.conditions import values_of
from slaclock.domain.events import TicketEvent
from slaclock.domain.exclusion import Exclusion
from slaclock.domain.inputs import Given
from slaclock.domain.masking import values_in, values_of_condition
from slaclock.evidence.bundle import Document
from slaclock.evidence.reading import known_of, links_of

_OTHERWISE = {"default", "none"}  # in a table by customer: nobody's name


def names_of(customer: str, log: Iterable[Given]) -> frozenset[str]:
    """What agreements may call a customer: as he is bound, and by any id or name in his ticket's log."""
    said = (values_of("customer", each.attributes) for each in log if isinstance(each, TicketEvent))
    return frozenset({customer}.union(*(each or () for each in said)))


def is_alone(version: Agreement, names: AbstractSet[str]) -> bool:
    """Whether a version is the business of whoever is called so, and of nobody else by name."""
    return version.kind == "customer" and _customers(values_in(version)) <= names


def evidence_is_alone(customer: str, bundle: Document) -> bool:
    """Whether all agreements and exclusions that a bundle holds are a customer's alone."""
    given, known = [each.given for each in links_of(bundle) if each.given], known_of(bundle)
    names = names_of(customer, given)
    exclusions = (*known.exclusions, *(each for each in given if isinstance(each, Exclusion)))
    scopes = (_customers(values_of_condition(each.condition)) for each in exclusions)
    return all(is_alone(each, names) for each in known.versions) and all(each <= names for each in scopes)


def _customers(named: Iterable[tuple[str, Iterable[str]]]) -> set[str]:
    return {value for key, values in named if key == "customer" for value in values} - _OTHERWISE
