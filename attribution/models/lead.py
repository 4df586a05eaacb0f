"""Leads: raw as captured, tidy for matching, and what became of each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution import calendar
from attribution.models.base import CompanyRow
from attribution.models.campaign import KEY_LENGTH, Campaign
from attribution.utm import RAW_FIELDS, Captured, Reason, read

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from attribution.placing import Placer

RAW_LENGTH = 500
URL_LENGTH = 2000
# Worked out, and written only by capture and by repairs.
PLACED = frozenset({"reading", "source", "medium", "campaign", "unattributed_reason", "corrected"})


def raw_value(label: "StrOrPromise", length: int = RAW_LENGTH) -> "models.CharField[str, str]":
    """A column that holds a value as it was captured and never changes."""
    return models.CharField(label, max_length=length, blank=True, default="")


class Lead(CompanyRow):
    """One enquiry of one person. Raw values never change; the database itself refuses that."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        FOLLOW_UP = "follow_up", _("Follow-up")
        TEST = "test", _("Test")
        BOT = "bot", _("Bot")
        BLOCKED = "blocked", _("Blocked")
        DUPLICATE = "duplicate", _("Duplicate")

    never_deleted = "A lead is erased or excluded, never deleted."
    placer: "Placer | None" = None  # one that many leads share while they are completed

    external_id = models.CharField(_("lead id"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRIMARY)
    received_at = models.DateTimeField(_("received"))
    day = models.DateField(_("day"), editable=False)  # of received_at, in the company's zone
    slot = models.IntegerField(editable=False)  # half hours since 1970, UTC
    ahead = models.BooleanField(  # its clock ran ahead by more than ten minutes
        _("dated in the future"), default=False, editable=False
    )

    # As the sender states it, when it does: `received_at` is that moment, or that of arrival.
    stated_at = models.DateTimeField(_("stated by the sender"), null=True, editable=False)
    came_by = models.CharField(  # import, admin, api, snippet or webhook:<name>; empty: not known
        _("came by"), max_length=40, default="", db_default="", blank=True, editable=False
    )
    key = models.ForeignKey(
        "attribution.IngestKey",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # keys are never deleted
        related_name="+",
        verbose_name=_("ingest key"),
    )

    utm_source = raw_value("utm_source")
    utm_medium = raw_value("utm_medium")
    utm_campaign = raw_value("utm_campaign")
    utm_content = raw_value("utm_content")
    utm_term = raw_value("utm_term")
    utm_id = raw_value("utm_id")
    click_ids = models.JSONField(_("click ids"), default=dict, blank=True)
    referrer = raw_value(_("referrer"), URL_LENGTH)
    landing_page = raw_value(_("landing page"), URL_LENGTH)

    # What it was captured as, tidy.
    reading = models.ForeignKey(
        "attribution.Reading",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # a check for each of a million rows; readings are never deleted
        related_name="leads",
    )
    campaign_key = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    content = models.CharField(_("content"), max_length=KEY_LENGTH, blank=True, editable=False)
    term = models.CharField(_("term"), max_length=KEY_LENGTH, blank=True, editable=False)

    # Where it counts: what filters and the report read. Worked out from its reading and from what
    # persons have decided, never by hand (`attribution.verdict`).
    source = models.CharField(_("source"), max_length=KEY_LENGTH, blank=True, editable=False)
    medium = models.CharField(_("medium"), max_length=KEY_LENGTH, blank=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("campaign")
    )
    unattributed_reason = models.CharField(
        _("why without campaign"), max_length=12, choices=Reason, blank=True, editable=False
    )
    # Whether a person has decided about this very lead.
    corrected = models.BooleanField(default=False, db_default=False, editable=False)

    # What became of it. A database trigger keeps these true whenever a booking changes.
    booked = models.BooleanField(_("booked"), default=False, editable=False)
    completed = models.BooleanField(_("completed"), default=False, editable=False)
    revenue_minor = models.BigIntegerField(_("revenue"), default=0, editable=False)

    # By UTM values, click ids and referrer together (`attribution.channels`).
    channel = models.CharField(
        _("channel"), max_length=30, default="", db_default="", blank=True, editable=False
    )
    origin = models.CharField(  # the source, or the site that linked, or the platform of a click
        _("came from"), max_length=200, default="", db_default="", blank=True, editable=False
    )

    # Why it is of its kind, and why it has its marks (mark → reason), where the program said so.
    kind_reason = models.CharField(
        _("why of this kind"), max_length=100, default="", db_default="", blank=True, editable=False
    )
    mark_reasons = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    first_lead = models.ForeignKey(  # of a follow-up: the earlier lead of the same person
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name=_("follows"),
    )
    is_vpn = models.BooleanField(_("VPN"), default=False)
    is_suspicious = models.BooleanField(_("suspicious"), default=False)
    is_hot = models.BooleanField(_("hot"), default=False)
    country = models.CharField(_("country"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=120, default="", db_default="", blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    # The person. Erasing these changes no total.
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    ip = models.CharField(
        _("IP address"), max_length=45, default="", db_default="", blank=True, editable=False
    )
    # Keyed digests of e-mail and phone: the same person is found without knowing who it is.
    person_email = models.CharField(max_length=32, default="", db_default="", editable=False)
    person_phone = models.CharField(max_length=32, default="", db_default="", editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    import_run = models.ForeignKey(
        "attribution.ImportRun",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # a check for each of a million rows; runs are never deleted
        verbose_name=_("import run"),
    )
    created_at = models.DateTimeField(_("stored"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "external_id"],
                name="lead_company_external_id_unique",
                violation_error_message=_("This company already has a lead with this id."),
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""),
                name="lead_external_id_not_empty",
                violation_error_message=_("A lead needs an id."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["primary", "follow_up", "test", "bot", "blocked", "duplicate"]
                ),
                name="lead_kind_known",
                violation_error_message=_("This kind of lead does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, unattributed_reason="")
                | (Q(campaign__isnull=True) & ~Q(unattributed_reason="")),
                name="lead_campaign_or_reason",
                violation_error_message=_(
                    "A lead has either a campaign or exactly one reason why it has none."
                ),
            ),
        ]
        indexes = [
            # One company and period, or some campaigns on a day, added up from the index alone.
            models.Index(
                fields=["company", "day", "campaign"],
                include=[
                    "kind",
                    "unattributed_reason",
                    "source",
                    "medium",
                    "booked",
                    "completed",
                    "revenue_minor",
                    "country",
                ],
                name="lead_company_day_campaign",
            ),
            # The list of leads, newest first, and a campaign's own latest leads.
            models.Index(fields=["company", "-received_at"], name="lead_company_received"),
            # The leads of a reading: the repair queue counts them, repairs move them.
            models.Index(
                fields=["reading", "day"],
                include=["campaign", "corrected", "kind", "booked"],
                name="lead_reading",
            ),
            # Earlier leads of the same person; the digests of two companies are never the same.
            models.Index(
                fields=["person_email", "received_at"],
                condition=~Q(person_email=""),
                name="lead_person_email",
            ),
            models.Index(
                fields=["person_phone", "received_at"],
                condition=~Q(person_phone=""),
                name="lead_person_phone",
            ),
            # Those stored by doors, or versions, that know no channels.
            models.Index(
                fields=["company", "id"], condition=Q(channel=""), name="lead_without_channel"
            ),
            # Persons that are to be erased when their leads are old.
            models.Index(
                fields=["company", "received_at"],
                condition=Q(erased_at__isnull=True)
                & ~Q(name="", email="", phone="", ip="", person_email="", person_phone=""),
                name="lead_with_person",
            ),
            # What arrived last, by whatever way.
            models.Index(fields=["company", "-created_at"], name="lead_company_stored"),
            # The few that persons have corrected, and those stored by doors that read nothing.
            models.Index(
                fields=["company", "reading"],
                condition=Q(corrected=True) | Q(reading__isnull=True),
                name="lead_corrected_or_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    def captured(self) -> Captured:
        """The raw values, as the UTM rules read them."""
        return Captured(**{name: getattr(self, name) for name in RAW_FIELDS})

    @classmethod
    @contextmanager
    def together(cls, rows: Sequence[Self]) -> Iterator[None]:
        """Leads of one company have one placer."""
        from attribution.placing import capturing

        placers = {company: capturing(company) for company in {lead.company for lead in rows}}
        for lead in rows:
            lead.placer = placers[lead.company]
        try:
            yield
        finally:
            for lead in rows:
                lead.placer = None

    def complete(self) -> None:
        """On insert: the day, the tidy values, the reading and where it counts. Never again.

        A campaign or a reason that is there already was given by whoever enters the lead.
        """
        self._keep_person()
        if not self._state.adding:
            return
        self.day, self.slot = calendar.day_and_slot(self.received_at, self.company.zone)
        self.ahead = calendar.is_ahead(self.received_at)
        found = read(self.captured())
        self.campaign_key, self.content, self.term = found.campaign, found.content, found.term
        if self.reading_id is None:
            from attribution.placing import place

            place(self, found)
        if not self.channel:
            from attribution.channels.origins import law_of

            law = self.placer.channels if self.placer else law_of(self.company)
            self.origin, self.channel, __ = law.origin(self.captured())

    def _keep_person(self) -> None:
        """Only what the company keeps of persons; by what keys a person is found stays."""
        from attribution.privacy.keeping import kept, kept_link

        company = self.company
        person = kept(company, self.name, self.email, self.phone, self.ip)
        if self._state.adding:
            self.referrer = kept_link(company, self.referrer)
            self.landing_page = kept_link(company, self.landing_page)
        else:  # of what is not kept, the form has nothing to say
            known_email = "" if company.keeps_email else self.person_email
            known_phone = "" if company.keeps_phone else self.person_phone
            person = person._replace(
                person_email=person.person_email or known_email,
                person_phone=person.person_phone or known_phone,
            )
        for name, value in person._asdict().items():
            setattr(self, name, value)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Where it counts is for repairs to say: a lead that was read before one does not put its
        old place back."""
        if self._state.adding:
            from attribution.capture.bookings import settle_waiting

            with transaction.atomic():  # its reading and itself, or neither
                super().save(*args, **kwargs)
                settle_waiting(self.company, [self.external_id])
            return
        if kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                column.name
                for column in self._meta.concrete_fields
                if not column.primary_key and column.name not in PLACED
            ]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.campaign is not None and self.campaign.company_id != self.company_id:
            raise ValidationError({"campaign": _("This campaign belongs to another company.")})
