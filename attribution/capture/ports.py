"""What the store asks of its neighbours."""

from typing import NamedTuple

from attribution.capture.doors import Door
from attribution.capture.items import LeadItem
from attribution.models import Company, Lead
from attribution.utm import Captured


class Judgement(NamedTuple):
    kind: str
    kind_reason: str = ""
    marks: dict[str, str] = {}
    first_lead: int | None = None


class Origin(NamedTuple):
    origin: str = ""
    channel: str = ""
    why: str = ""


class Where(NamedTuple):
    country: str = ""
    region: str = ""
    city: str = ""


class Person(NamedTuple):
    name: str = ""
    email: str = ""
    phone: str = ""
    ip: str = ""
    person_email: str = ""
    person_phone: str = ""


def judge(company: Company, door: Door, items: list[LeadItem]) -> list[Judgement]:
    return [
        Judgement(
            item.kind or Lead.Kind.PRIMARY.value,
            "",
            {mark: "stated" for mark in ("hot", "suspicious", "vpn") if getattr(item, mark)},
        )
        for item in items
    ]


def places(company: Company, captured: list[Captured]) -> list[Origin]:
    return [Origin() for _ in captured]


def where(item: LeadItem, door: Door) -> Where:
    return Where()


def kept(company: Company, item: LeadItem, door: Door) -> Person:
    return Person(item.name, item.email, item.phone)


def store_touches(company: Company, touched: list) -> None:
    from attribution.touches import write

    write.store(company, touched)
