"""What comes in over HTTP: keys, answers that are remembered, what waits and what was refused."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom

DIGEST_LENGTH = 64


class IngestKey(CompanyRow):
    """A key with which leads and bookings of one company may be sent, and nothing be read.

    The key itself is shown once and never stored; what is stored is its keyed digest.
    """

    class Kind(models.TextChoices):
        SERVER = "server", _("Server: leads and bookings; keep it secret")
        BROWSER = "browser", _("Browser: leads from your own pages; it stands in the page")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SERVER)
    prefix = models.CharField(_("begins with"), max_length=16, editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    # Of a browser's key: from which pages it may be used, such as https://www.example.com.
    origins = models.JSONField(_("pages' origins"), default=list, blank=True)
    per_minute = models.PositiveIntegerField(
        _("events a minute"),
        null=True,
        blank=True,
        help_text=_("More are answered with 429 and come again. Empty: as the program is set up."),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    author = by_whom(_("by"), related_name="+")
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)  # to a minute
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = by_whom(_("revoked by"), related_name="+")

    never_deleted = "A key is revoked, never deleted: leads say by which key they came."

    class Meta(CompanyRow.Meta):
        ordering = ["-created_at"]
        verbose_name = _("ingest key")
        verbose_name_plural = _("ingest keys")
        indexes = [models.Index(fields=["company", "-created_at"], name="ingestkey_company")]

    def __str__(self) -> str:
        return self.name


class RememberedAnswer(CompanyRow):
    """What was answered to a request with an `Idempotency-Key`, for 24 hours."""

    key = models.ForeignKey(IngestKey, on_delete=models.PROTECT, db_index=False)
    idempotency_key = models.CharField(max_length=DIGEST_LENGTH)  # its digest
    request = models.CharField(max_length=DIGEST_LENGTH)  # digest of path and body
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(CompanyRow.Meta):
        verbose_name = _("remembered answer")
        verbose_name_plural = _("remembered answers")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "idempotency_key"], name="rememberedanswer_key_unique"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="rememberedanswer_age")]


class Refusal(CompanyRow):
    """Something that was sent and not stored, with the reason; it can be sent in again."""

    class What(models.TextChoices):
        LEAD = "lead", _("Lead")
        BOOKING = "booking", _("Booking")
        OTHER = "other", _("Neither could be made out")

    class Why(models.TextChoices):
        INVALID = "invalid", _("A value is missing or wrong")
        TOO_LONG = "too_long", _("A value is too long")
        TOO_LARGE = "too_large", _("The item is too large")
        NOT_MAPPED = "not_mapped", _("The mapping of this source does not fit")
        BAD_SIGNATURE = "bad_signature", _("The signature is wrong")
        FAILED = "failed", _("It could not be stored")

    class State(models.TextChoices):
        WAITING = "waiting", _("Not looked at")
        STORED = "stored", _("Sent in again and stored")
        DISMISSED = "dismissed", _("Dismissed")

    came_by = models.CharField(_("came by"), max_length=40)  # as in `Lead.came_by`
    key = models.ForeignKey(
        IngestKey, on_delete=models.PROTECT, null=True, editable=False, db_index=False
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    external_id = models.CharField(_("id"), max_length=220, blank=True)
    why = models.CharField(_("why"), max_length=20, choices=Why)
    field = models.CharField(_("field"), max_length=60, blank=True)
    detail = models.CharField(_("in words"), max_length=300, blank=True)
    payload = models.TextField(_("as sent"), blank=True)  # at most 64 kB
    arrived_at = models.DateTimeField(_("arrived"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = by_whom(_("settled by"), related_name="+")

    class Meta(CompanyRow.Meta):
        ordering = ["-arrived_at", "-pk"]
        verbose_name = _("refused event")
        verbose_name_plural = _("refused events")
        indexes = [models.Index(fields=["company", "-arrived_at"], name="refusal_company_arrived")]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.external_id}: {self.get_why_display()}"


class DeliveryCount(CompanyRow):
    """How many events of an hour (UTC) arrived that left no row of their own, and why."""

    class What(models.TextChoices):
        REPEATED = "repeated", _("Sent again; it was stored before")
        OVER_RATE = "over_rate", _("Too many a minute; asked to come again")
        UNKNOWN = "unknown", _("Refused, and no longer kept")  # beyond what refusals may keep

    came_by = models.CharField(max_length=40)
    key_number = models.BigIntegerField(default=0)  # id of the ingest key; 0: none
    hour = models.DateTimeField()
    what = models.CharField(max_length=10, choices=What)
    number = models.PositiveBigIntegerField(default=0)

    class Meta(CompanyRow.Meta):
        verbose_name = _("count of deliveries")
        verbose_name_plural = _("counts of deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "hour", "came_by", "key_number", "what"],
                name="deliverycount_unique",
            )
        ]


class WaitingBooking(CompanyRow):
    """A booking that arrived before its lead. It is stored when the lead comes."""

    external_id = models.CharField(_("booking id"), max_length=220)
    lead_external_id = models.CharField(_("lead id"), max_length=200)
    status = models.CharField(_("status"), max_length=10)
    booked_at = models.DateTimeField(_("booked"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    minor = models.BigIntegerField(_("value"), null=True)  # in `currency`; None: was not said
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    stated = models.JSONField(default=dict)  # as in `Booking`
    came_by = models.CharField(_("came by"), max_length=40)
    key = models.ForeignKey(
        IngestKey, on_delete=models.PROTECT, null=True, editable=False, db_index=False
    )
    arrived_at = models.DateTimeField(_("arrived"))

    class Meta(CompanyRow.Meta):
        ordering = ["-arrived_at", "-pk"]
        verbose_name = _("booking that waits for its lead")
        verbose_name_plural = _("bookings that wait for their lead")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "external_id"], name="waitingbooking_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["booked", "completed", "cancelled", "no_show"]),
                name="waitingbooking_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "lead_external_id"], name="waitingbooking_lead"),
        ]

    def __str__(self) -> str:
        return self.external_id
