from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from attribution import scope
from attribution.capture.judging.usual import add_usual_rules
from attribution.imports.command import REFUSED, WRONG_USE
from attribution.models import Company, Membership
from attribution.repair import apply
from attribution.repair.intents import ShipRules

ASKED = ("name", "industry", "timezone", "currency")


class Command(BaseCommand):
    help = "Make a company. Asked again for the same company, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='such as "Acme"')
        parser.add_argument("--slug", help="short name for addresses and commands")
        parser.add_argument("--industry", default="", help="such as dental")
        parser.add_argument("--timezone", default="UTC", help="such as Europe/Berlin")
        parser.add_argument("--currency", default="EUR", help="ISO 4217 code, such as EUR")
        parser.add_argument("--admin", help="user name of its company admin")

    def handle(self, *args: Any, **given: Any) -> None:
        given["slug"] = given["slug"] or slugify(given["name"])
        with scope.all_companies(), transaction.atomic():
            company = Company.objects.filter(slug=given["slug"]).first()
            if company is None:
                company = _make(given)
                self.stdout.write(f'Company "{company.name}" was made ({company.slug}).')
            else:
                _require_alike(company, given)
                self.stdout.write(f'Company "{company.name}" is there already ({company.slug}).')
            if given["admin"]:
                self.stdout.write(_appoint(company, given["admin"]))


def _make(given: dict[str, Any]) -> Company:
    company = Company(slug=given["slug"], **{name: given[name] for name in ASKED})
    try:
        company.full_clean()
    except ValidationError as error:
        problems = (
            f"--{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
        )
        raise CommandError("\n".join(problems), returncode=REFUSED) from error
    company.save()
    apply.save(company, ShipRules(), None)
    add_usual_rules(company)
    return company


def _require_alike(company: Company, given: dict[str, Any]) -> None:
    other = [
        f'{name} is "{getattr(company, name)}", not "{given[name]}"'
        for name in ASKED
        if getattr(company, name) != given[name]
    ]
    if other:
        raise CommandError(
            f'There is already another company "{company.slug}": {"; ".join(other)}. '
            "Change it in the admin, or choose another --slug.",
            returncode=REFUSED,
        )


def _appoint(company: Company, username: str) -> str:
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise CommandError(
            f'There is no user "{username}". Make one first: manage.py createsuperuser.',
            returncode=WRONG_USE,
        )
    role = Membership.Role.COMPANY_ADMIN
    membership, made = Membership.objects.get_or_create(
        company=company, user=user, defaults={"role": role}
    )
    if membership.role != role:
        raise CommandError(
            f'"{username}" is {membership.get_role_display()} in {company.name} already. '
            "Change the role in the admin.",
            returncode=REFUSED,
        )
    return f'"{username}" {"is now" if made else "is already"} its company admin.'
