"""Short links of a company: where they lead, what they were before, how often they are followed."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from attribution import scope
from attribution.models.base import CompanyRow
from attribution.models.campaign import Campaign
from attribution.shortlinks import slugs, targets
from attribution.utm import VALUE_LIMIT, is_broken, tidy

# What can be changed later; each change is kept.
KEPT = ("target", "campaign", "source", "medium", "content", "term", "is_active")


class LinkHost(CompanyRow):
    """A host that short links of the company may lead to."""

    host = models.CharField(
        _("host"),
        max_length=targets.LONGEST_HOST + 1,
        help_text=_(
            "Such as www.example.com. With a dot before it, .example.com allows example.com and "
            "every host below it: write that only where all of them are yours."
        ),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["host"]
        verbose_name = _("short link host")
        verbose_name_plural = _("short link hosts")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "host"],
                name="linkhost_company_host_unique",
                violation_error_message=_("This host is on the company's list already."),
            ),
        ]

    def __str__(self) -> str:
        return self.host

    def clean(self) -> None:
        try:
            self.complete()
        except ValidationError as error:
            raise ValidationError({"host": error.error_list}) from error

    def complete(self) -> None:
        self.host = targets.clean_entry(self.host)


class ShortLink(CompanyRow):
    """`/l/<slug>`: leads to a page of the company, with the UTM values of a campaign."""

    slug = models.CharField(
        _("short name"),
        max_length=slugs.LONGEST,
        blank=True,
        validators=[slugs.validate_slug],
        help_text=_("The end of the short link. It stays for good. Empty: one is made."),
    )
    target = models.CharField(
        _("target"),
        max_length=targets.LONGEST_TARGET,
        help_text=_("The page it leads to, such as https://www.example.com/offer."),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("campaign"),
        help_text=_("Empty: the utm_campaign of the target or of the visitor stays."),
    )
    source = models.CharField(_("source"), max_length=VALUE_LIMIT)
    medium = models.CharField(_("medium"), max_length=VALUE_LIMIT)
    content = models.CharField(_("content"), max_length=VALUE_LIMIT, blank=True)
    term = models.CharField(_("term"), max_length=VALUE_LIMIT, blank=True)
    is_active = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("A link that is not in use answers as if it had never been."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        verbose_name=_("added by"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    never_deleted = "A short link may be printed somewhere. Take it out of use instead."

    class Meta(CompanyRow.Meta):
        verbose_name = _("short link")
        verbose_name_plural = _("short links")
        constraints = [
            # Over all companies: the address of a visitor names none.
            models.UniqueConstraint(fields=["slug"], name="shortlink_slug_unique"),
            models.CheckConstraint(
                condition=~Q(slug=""),
                name="shortlink_slug_not_empty",
                violation_error_message=_("A short link needs a short name."),
            ),
        ]
        indexes = [
            # The list of a company's links, newest first.
            models.Index(fields=["company", "-created_at"], name="shortlink_company_created"),
        ]

    def __str__(self) -> str:
        return f"/l/{self.slug}"

    @property
    def values(self) -> dict[str, str]:
        """The UTM parameters that it adds."""
        named = {
            "utm_source": self.source,
            "utm_medium": self.medium,
            "utm_campaign": self.campaign.key if self.campaign else "",
            "utm_content": self.content,
            "utm_term": self.term,
        }
        return {name: value for name, value in named.items() if value}

    def check_host(self, target: str) -> None:
        """Raise unless a clean target is on the company's list, and no short link itself."""
        host = targets.host_of(target)
        listed = LinkHost.objects.filter(
            company_id=self.company_id, host__in=targets.entries_for(host)
        )
        if not listed.exists():
            raise ValidationError(
                _(
                    "%(host)s is not on your company's list of short link hosts. Ask a company "
                    "admin to add it there."
                ),
                params={"host": host},
            )
        if targets.is_short_link(target) and validate_host(host, settings.ALLOWED_HOSTS):
            raise ValidationError(_("A short link cannot lead to a short link."))

    def clean(self) -> None:
        self.slug = self.slug or slugs.new_slug()
        errors: dict[str, Any] = {}
        for name, error in self._problems():
            errors.setdefault(name, []).extend(error.error_list)
        if errors:
            raise ValidationError(errors)
        if self.target:  # else the form asks for it
            self.complete()

    def _problems(self) -> Iterator[tuple[str, ValidationError]]:
        """Name of the field, and what is wrong with it."""
        with scope.all_companies():
            taken = ShortLink.objects.exclude(pk=self.pk).filter(slug=self.slug).exists()
        if taken:
            text = _("“%(slug)s” is taken. Write another, or none.")
            yield "slug", ValidationError(text, params={"slug": self.slug})
        try:
            target = targets.clean_target(self.target) if self.target else ""
            if target and self.is_active and self.company_id:
                self.check_host(target)
        except ValidationError as error:
            yield "target", error
        if self.campaign and self.company_id not in (None, self.campaign.company_id):
            yield "campaign", ValidationError(_("This campaign belongs to another company."))
        for name in ("source", "medium", "content", "term"):
            written = getattr(self, name)
            if written and (is_broken(written) or not tidy(written)):
                text = _("“%(value)s” names nothing. Write a value, such as newsletter.")
                yield name, ValidationError(text, params={"value": written})
            elif len(tidy(written)) > VALUE_LIMIT:
                text = _("At most %(most)s characters.")
                yield name, ValidationError(text, params={"most": VALUE_LIMIT})

    def complete(self) -> None:
        self.slug = self.slug or slugs.new_slug()
        self.target = targets.clean_target(self.target)
        self.source, self.medium = tidy(self.source), tidy(self.medium)

    def save(self, *args: Any, author: Any = None, **kwargs: Any) -> None:
        """Keeps what it was before; without an author, a command changed it."""
        with transaction.atomic():
            stored = ShortLink.objects.select_for_update().filter(pk=self.pk).first()
            before = _texts(stored) if stored else {}
            super().save(*args, **kwargs)
            after = _texts(ShortLink.objects.get(pk=self.pk))
            ShortLinkChange.objects.bulk_create(
                ShortLinkChange(
                    company_id=self.company_id,
                    link=self,
                    author=author,
                    field=name,
                    old=before[name],
                    new=after[name],
                )
                for name in before
                if before[name] != after[name]
            )


def _texts(link: ShortLink) -> dict[str, str]:
    """What can be changed, as people read it."""
    found = {name: str(getattr(link, name) or "") for name in KEPT}
    found["campaign"] = link.campaign.key if link.campaign else ""
    found["is_active"] = "yes" if link.is_active else "no"
    return found


class ShortLinkChange(CompanyRow):
    """One field of a short link that was changed: by whom, when, from what to what."""

    link = models.ForeignKey(
        ShortLink, on_delete=models.PROTECT, db_index=False, verbose_name=_("short link")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        verbose_name=_("by"),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)
    field = models.CharField(_("what"), max_length=20)
    old = models.CharField(_("from"), max_length=targets.LONGEST_TARGET)
    new = models.CharField(_("to"), max_length=targets.LONGEST_TARGET)

    never_deleted = "What a short link was before is kept."

    class Meta(CompanyRow.Meta):
        verbose_name = _("change of a short link")
        verbose_name_plural = _("changes of short links")
        indexes = [
            # The history on the page of a link, latest first.
            models.Index(fields=["company", "link", "-id"], name="shortlinkchange_link"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


class ShortLinkDay(CompanyRow):
    """How often a short link was followed on a day; nothing is kept about the visitors."""

    link = models.ForeignKey(
        ShortLink, on_delete=models.PROTECT, db_index=False, verbose_name=_("short link")
    )
    day = models.DateField(_("day"))  # in the company's zone at that moment
    clicks = models.BigIntegerField(_("clicks"), default=0)
    bots = models.BigIntegerField(_("bots"), default=0)

    never_deleted = "Clicks of short links are kept."

    class Meta(CompanyRow.Meta):
        verbose_name = _("day of a short link")
        verbose_name_plural = _("days of short links")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "link", "day"], name="shortlinkday_link_day_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.clicks}"
