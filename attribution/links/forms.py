"""The forms of UTM builder and link checker."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import calendar
from attribution.files.reading import FileProblem
from attribution.links import naming
from attribution.links.builder import BadPage, Pair, TaggedLink, check_page, tagged_links
from attribution.links.campaigns import Known, KnownCampaigns, campaigns_of
from attribution.links.pasted import MOST_LINKS, links_in_file, links_in_text
from attribution.models import Company, NamingRules
from attribution.utm import tidy

ROWS, MORE_ROWS, MOST_ROWS = 3, 5, 20
# Offered where a company has not listed its own.
COMMON_SOURCES = (
    *("google", "bing", "facebook", "instagram", "linkedin", "tiktok", "youtube"),
    *("newsletter", "partner", "flyer"),
)
COMMON_MEDIUMS = (
    *("cpc", "paid_social", "display", "video", "email", "sms", "social"),
    *("affiliate", "referral", "print", "qr"),
)


@dataclass
class PairRow:
    """One row of sources and media, as typed, and what is wrong with it."""

    source: str = ""
    medium: str = ""
    error: str = ""


def text_field(label: Any, most: int = 200, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


class BuilderForm(forms.Form):
    """A campaign, a page, and rows of source and medium; `links()` once it is valid."""

    campaign = text_field(gettext_lazy("Campaign"), 500, list="campaigns")
    new_name = text_field(gettext_lazy("Or a new name"))
    page = text_field(gettext_lazy("Landing page"), 2000, inputmode="url", placeholder="https://")
    content = text_field("utm_content")
    term = text_field("utm_term")

    def __init__(
        self,
        company: Company,
        rules: NamingRules,
        data: QueryDict | None = None,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        if data is not None and "more" in data:  # nothing is made yet, so nothing is wrong yet
            initial = {name: data.get(name, "") for name in self.base_fields}
            super().__init__(initial=initial)
        else:
            super().__init__(_with_suggestion(data), initial=dict(initial or {}))
        self.company, self.rules = company, rules
        self.rows = _rows(data)
        self.pairs: list[Pair] = []
        self.key = ""
        self.notes: list[str] = []
        self.close: Known | None = None

    @cached_property
    def known(self) -> KnownCampaigns:
        return campaigns_of(self.company)

    @property
    def sources(self) -> list[str]:
        return self.rules.sources or list(COMMON_SOURCES)

    @property
    def mediums(self) -> list[str]:
        return self.rules.mediums or list(COMMON_MEDIUMS)

    def links(self) -> list[TaggedLink]:
        given = self.cleaned_data
        return tagged_links(given["page"], self.pairs, self.key, given["content"], given["term"])

    def clean_page(self) -> str:
        page: str = self.cleaned_data["page"]
        try:
            check_page(page)
        except BadPage as problem:
            raise forms.ValidationError(str(problem)) from None
        return page

    def clean(self) -> dict[str, Any]:
        self._read_campaign()
        self._read_pairs()
        return self.cleaned_data

    def _read_campaign(self) -> None:
        chosen, new = (self.cleaned_data.get(name, "").strip() for name in ("campaign", "new_name"))
        if chosen and new:
            self.add_error("new_name", _("Choose a campaign or write a new name, not both."))
        elif chosen:
            self._read_chosen(chosen)
        elif new:
            self._read_new(new)
        else:
            self.add_error("campaign", _("Choose a campaign, or write a new name beside it."))

    def _read_chosen(self, chosen: str) -> None:
        found = self.known.called(chosen)
        if len(found) == 1:
            self.key = found[0].key
        elif found:
            keys = naming.a_few(one.key for one in found)
            text = _("Several campaigns are called “%(name)s”. Write one of: %(keys)s.")
            self.add_error("campaign", text % {"name": chosen, "keys": keys})
        else:
            text = _("No campaign is called “%(name)s”. Choose one of the list, or name a new one.")
            self.add_error("campaign", text % {"name": chosen})
            self.close = self.known.close_to(chosen)

    def _read_new(self, name: str) -> None:
        key = naming.proposed(name, self.rules, calendar.today(self.company.zone))
        if problem := naming.not_usable(name) or naming.not_usable(key):
            self.add_error("new_name", problem)
            return
        self.key = key
        if key != name:
            text = _("“%(name)s” is written “%(key)s”, as links of this company are.")
            self.notes.append(text % {"name": name, "key": key})
        if here := self.known.by_key.get(tidy(key)):
            text = _("This campaign is here already: the links count for “%(name)s”.")
            self.notes.append(text % {"name": here.name})
        else:
            self.close = self.known.close_to(key)

    def _read_pairs(self) -> None:
        for row in self.rows:
            if not row.source and not row.medium:
                continue
            row.error = self._row_error(row)
            if not row.error:
                sign = self.rules.separator or naming.DEFAULT_SEPARATOR
                self.pairs.append(
                    Pair(
                        _written(row.source, self.rules.sources, sign),
                        _written(row.medium, self.rules.mediums, sign),
                    )
                )
        self.pairs = list(dict.fromkeys(self.pairs))
        if any(row.error for row in self.rows):
            self.add_error(None, _("Some rows of sources and media need another value."))
        elif not self.pairs:
            self.add_error(None, _("Fill in one row of source and medium at least."))

    def _row_error(self, row: PairRow) -> str:
        if not row.source or not row.medium:
            return _("Source and medium are needed, both.")
        for value, allowed in (
            (row.source, self.rules.sources),
            (row.medium, self.rules.mediums),
        ):
            if problem := naming.value_not_usable(value):
                return problem
            if naming.not_allowed(value, allowed):
                text = _("“%(value)s” is not on the company's list: %(allowed)s.")
                return text % {"value": value, "allowed": naming.a_few(allowed)}
        return ""


def _with_suggestion(data: QueryDict | None) -> QueryDict | None:
    """The form with the suggested campaign in it, once its button was pressed."""
    if data is None or not data.get("use"):
        return data
    changed = data.copy()
    changed["campaign"] = data.get("use", "")
    changed["new_name"] = ""
    return changed


def _rows(data: QueryDict | None) -> list[PairRow]:
    """The rows as typed, and blank ones below; more of these when they were asked for."""
    typed: list[PairRow] = []
    if data is not None:
        pairs = zip(data.getlist("source"), data.getlist("medium"), strict=False)
        typed = [PairRow(source.strip(), medium.strip()) for source, medium in pairs]
    if data is not None and "more" in data:
        wanted = len(typed) + MORE_ROWS
    else:
        wanted = max(ROWS, len(typed))
    typed = typed[:MOST_ROWS]
    return typed + [PairRow() for __ in range(min(wanted, MOST_ROWS) - len(typed))]


def _written(value: str, allowed: list[str], sign: str) -> str:
    """As links are read; a blank becomes the sign between words, unless the list has it so."""
    text = tidy(value)
    return text if text in allowed else text.replace(" ", sign)


class CheckForm(forms.Form):
    """Links in a box or in a file; `found` once it is valid."""

    links = forms.CharField(
        label=gettext_lazy("Links, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
        help_text=gettext_lazy("CSV or XLSX with a column “url”, or a text with one link a line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[str] = []

    def clean(self) -> dict[str, Any]:
        self.found = links_in_text(self.cleaned_data.get("links", ""))
        upload = self.cleaned_data.get("file")
        if upload is not None:
            try:
                self.found += links_in_file(upload, upload.name)
            except FileProblem as problem:
                self.add_error("file", str(problem))
                return self.cleaned_data
        if not self.found and not self.errors:
            self.add_error("links", _("Paste a link, or choose a file with links."))
        elif len(self.found) > MOST_LINKS:
            text = _("At most %(most)s links at a time. Check them in parts.")
            self.add_error(None, text % {"most": f"{MOST_LINKS:,}"})
        return self.cleaned_data
