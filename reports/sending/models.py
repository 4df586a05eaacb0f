"""Who gets which view when, which figures are watched, and what was sent."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attribution.models import Campaign
from attribution.models.base import CompanyRow, by_whom
from reports.metrics import METRICS
from reports.saved.models import SavedView

KEY_LENGTH = 40


class Addressed(CompanyRow):
    """What is sent, on whose behalf, and where to."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")
        SLACK = "slack", _("Slack")

    view = models.ForeignKey(
        SavedView,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("saved view"),
    )
    # What is sent is what this person may see at that moment.
    owner = by_whom(_("sent on behalf of"), related_name="+")
    channel = models.CharField(_("sent by"), max_length=5, choices=Channel, default=Channel.MAIL)
    recipients = models.JSONField(_("recipients"), default=list, blank=True)  # numbers of users
    sealed_address = models.TextField(blank=True, editable=False)  # of Slack: it is a secret
    active = models.BooleanField(_("active"), default=True)
    paused_because = models.CharField(_("paused because"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(CompanyRow.Meta):
        abstract = True

    def pause(self, why: str) -> None:
        """Stop it, and say why in the list."""
        self.active, self.paused_because = False, why
        self.save(update_fields=["active", "paused_because", "changed_at"])


class Subscription(Addressed):
    """A digest of a saved view, once a week or once a month."""

    class Every(models.TextChoices):
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    every = models.CharField(_("how often"), max_length=5, choices=Every, default=Every.WEEK)
    weekday = models.SmallIntegerField(
        _("weekday"), choices=Weekday, default=Weekday.MONDAY, help_text=_("Of a weekly digest.")
    )
    day = models.SmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text=_("Of a monthly digest: 1 to 28, which every month has."),
    )
    hour = models.SmallIntegerField(
        _("hour"),
        default=8,
        validators=[MinValueValidator(0), MaxValueValidator(23)],
        help_text=_("0 to 23, in the time zone of the company."),
    )
    # Nothing that was due before this instant is sent.
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Addressed.Meta):
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        indexes = [models.Index(fields=["company", "active"], name="subscription_company_active")]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), day__range=(1, 28), hour__range=(0, 23)),
                name="subscription_time_exists",
                violation_error_message=_("A weekday, a day from 1 to 28 and an hour to 23."),
            )
        ]

    def __str__(self) -> str:
        name = self.view.name if self.view else _("a view that is gone")
        return f"{name}, {self.get_every_display()}"


class Alert(Addressed):
    """A watch on one figure of a saved view: one message when it is off, one when it is well."""

    class Condition(models.TextChoices):
        ABOVE = "above", _("above")
        BELOW = "below", _("below")
        UNUSUAL = "unusual", _("unusual for the weekday")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not known yet")
        NORMAL = "normal", _("as it should be")
        FIRED = "fired", _("off")

    metric = models.CharField(_("figure"), max_length=30, default="leads")  # of the registry
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
        help_text=_("Empty: the total of the view."),
    )
    condition = models.CharField(
        _("condition"), max_length=7, choices=Condition, default=Condition.BELOW
    )
    threshold = models.DecimalField(
        _("value"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.UNKNOWN, editable=False
    )
    said = models.CharField(_("last look"), max_length=300, blank=True, editable=False)
    checked_at = models.DateTimeField(_("looked at"), null=True, editable=False)
    fired_at = models.DateTimeField(null=True, editable=False)  # last message that it is off
    recovered_at = models.DateTimeField(null=True, editable=False)  # last that it is well again

    class Meta(Addressed.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [models.Index(fields=["company", "active"], name="alert_company_active")]
        constraints = [
            models.CheckConstraint(
                condition=Q(condition="unusual", threshold__isnull=True)
                | (~Q(condition="unusual") & Q(threshold__isnull=False)),
                name="alert_value_where_compared",
                violation_error_message=_(
                    "“Above” and “below” need a value; “unusual” finds its own."
                ),
            )
        ]

    def __str__(self) -> str:
        name = self.view.name if self.view else _("a view that is gone")
        return f"{name}: {self.metric_label} {self.get_condition_display()}"

    @property
    def metric_label(self) -> str:
        found = METRICS.get(self.metric)
        return str(found.label) if found else self.metric


class Delivery(CompanyRow):
    """One message of a digest or an alert, and how far it is."""

    class State(models.TextChoices):
        DUE = "due", _("waits to be sent")
        PREPARING = "preparing", _("is being prepared")
        SENDING = "sending", _("is being handed over")
        SENT = "sent", _("sent")
        UNSURE = "unsure", _("may have been sent")
        FAILED = "failed", _("not sent")
        SKIPPED = "skipped", _("left out")

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, db_index=False, related_name="deliveries"
    )
    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, null=True, db_index=False, related_name="deliveries"
    )
    # Of a digest the day on which it is due, in the company's zone; of an alert what happened.
    key = models.CharField(max_length=KEY_LENGTH)
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DUE)
    claim = models.CharField(max_length=32, blank=True)  # whose turn it is
    claimed_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)  # that failed
    message_id = models.CharField(max_length=200, blank=True)
    text = models.JSONField(default=dict, blank=True)  # of an alert: what is to be said
    addressed = models.SmallIntegerField(_("recipients"), default=0)
    done_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta(CompanyRow.Meta):
        indexes = [models.Index(fields=["company", "state"], name="delivery_company_state")]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "key"], name="delivery_digest_once"),
            models.UniqueConstraint(fields=["alert", "key"], name="delivery_alert_once"),
            models.CheckConstraint(
                condition=Q(subscription__isnull=False, alert__isnull=True)
                | Q(subscription__isnull=True, alert__isnull=False),
                name="delivery_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_state_display()}"
