"""Files of campaigns: each row one campaign, found by its utm_campaign, new or changed.

An empty cell leaves what is there; `(none)` empties it. All changes of a file are one repair: they
stand in the history of each campaign, and are undone together.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from attribution import roles
from attribution.campaign_texts import (
    FACTS,
    NOTHING,
    TEXT_LENGTH,
    one_line,
    refuse_long_tags,
    tidy_tags,
)
from attribution.campaign_values import spellings
from attribution.files.cells import CellError, parse_choice, parse_day, parse_text, suggest
from attribution.imports.campaign_fields import FIELDS
from attribution.imports.importer import Importer, Parser
from attribution.imports.outcome import Change, shortened
from attribution.models import Campaign, CampaignChange, Company, ImportRun, Membership
from attribution.models.campaign import PAGE_ADDRESS, PAGE_LENGTH
from attribution.repair import campaigns as kept
from attribution.repair import columns
from attribution.signals import campaigns_made
from attribution.utm import KEY_LIMIT, tidy

BATCH = 500
NAME_LENGTH = 200
VALUES = tuple(field.name for field in FIELDS if field.name not in ("utm_campaign", "company"))
DAYS = ("starts_on", "ends_on")
LABELS: Mapping[str, Any] = dict(CampaignChange.Column.choices)
Values = dict[str, Any]


class CampaignImporter(Importer):
    """Campaigns are added and changed, never removed."""

    kind = ImportRun.Kind.CAMPAIGNS.value
    title = "Campaigns"
    right = "campaign.import"
    fields = FIELDS
    staged_columns = {"key": "text", "said": "text"}
    busy_tables = ("attribution_campaign",)

    def parsers(self) -> dict[str, Parser]:
        owners = self._owners  # read now: no query may run while the rows are being staged
        return {
            "company": self._of_company,
            "utm_campaign": _key,
            "name": lambda text: parse_text(text.strip(), NAME_LENGTH),
            "channel": lambda text: parse_choice(text, CHANNELS),
            "status": lambda text: parse_choice(text, STATUSES),
            "owner": lambda text: self._owner(text, owners),
            **dict.fromkeys(DAYS, self._day),
            **dict.fromkeys(FACTS, _fact),
            "landing_page": _page,
            "tags": _tags,
            "is_template": lambda text: parse_choice(text, YES_NO) == "yes",
        }

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        named = dict(zip((field.name for field in FIELDS), values, strict=True))
        said = {name: named[name] for name in VALUES if named[name] is not None}
        return line, named["utm_campaign"], json.dumps(said, default=str)

    def check_staged(self) -> None:
        """Rows that cannot be saved, for what stands in other rows or in the database."""
        first: dict[str, int] = {}
        for line, key, said in self._rows:
            if key in first:
                self._refuse(
                    line,
                    key,
                    f"Row {first[key]} is about this campaign too.",
                    "Delete one of the two rows.",
                )
            first.setdefault(key, line)
            self._check(line, key, said, self._there.get(key))

    def _check(self, line: int, key: str, said: Values, there: Campaign | None) -> None:
        """Whether this campaign may be changed, and its days stay in order."""
        if there is not None and there.merged_into is not None:
            self._refuse(
                line,
                key,
                f"This campaign has become part of “{there.merged_into.key}”.",
                f"Write {there.merged_into.key}, or delete the row.",
            )
        author, owner = self.job.author, there.owner_id if there else None
        if author is not None and not roles.keeps(author, self.company.pk, owner):
            self._refuse(
                line,
                key,
                "This campaign has another owner.",
                "Delete the row, or ask an admin of the company to import the file.",
            )
        first, last = (said.get(name, there and getattr(there, name)) for name in DAYS)
        if first and last and last < first:
            text = last.isoformat()
            self.error(
                line,
                "ends_on",
                text,
                "The last day comes before the first day.",
                f"Write {first.isoformat()} or a later day.",
            )

    def _refuse(self, line: int, key: str, problem: str, way_out: str) -> None:
        self.error(line, "utm_campaign", key, problem, way_out)

    @cached_property
    def _rows(self) -> list[tuple[int, str, Values]]:
        """As staged, and with every value in the spelling that the company has already."""
        known = spellings(self.company.pk)
        rows = self.stage.rows("SELECT file_row, key, said FROM import_stage ORDER BY file_row")
        found = [(int(line), str(key), json.loads(said)) for line, key, said in rows]
        for _line, _key, said in found:
            said |= {name: known.take(name, said[name]) for name in FACTS if name in said}
            said |= {name: _stored_day(said[name]) for name in DAYS if name in said}
        return found

    @cached_property
    def _there(self) -> dict[str, Campaign]:
        rows = Campaign.objects.filter(company=self.company).select_related("merged_into")
        return {one.key: one for one in rows if not one.withdrawn}

    @cached_property
    def _owners(self) -> dict[str, int]:
        """Who may own a campaign here, by the name that he signs in with."""
        keepers = Membership.objects.filter(company=self.company, role__in=roles.KEEPERS)
        people = get_user_model().objects.filter(pk__in=keepers.values("user"))
        return {one.get_username().casefold(): one.pk for one in people}

    def _owner(self, text: str, owners: Mapping[str, int]) -> str:
        """The number of the person; nobody is an empty text."""
        name = text.strip().casefold()
        if name == NOTHING:
            return ""
        if name not in owners:
            near = suggest(name, owners)
            raise CellError(
                f"No owner or admin of {self.company.name} has this name.",
                f"Did you mean {near}?" if near else "Give the role there first, or write (none).",
            )
        return str(owners[name])

    def _of_company(self, text: str) -> str:
        """A file of all companies is read for one at a time."""
        mine: Company = self.company
        if text.strip().casefold() not in (mine.slug.casefold(), mine.name.casefold()):
            raise CellError(
                f"This row is of another company than {mine.name}.",
                f"Delete it, or write {mine.slug}.",
            )
        return mine.slug

    def _day(self, text: str) -> str:
        if text.strip().casefold() == NOTHING:
            return ""
        return parse_day(text, self.job.options.order).isoformat()

    # What would change, and changing it

    def compare(self) -> None:
        outcome, told = self.outcome, []
        for line, key, said in self._rows:
            there = self._there.get(key)
            if there is None:
                outcome.new += 1
                continue
            changed = _changed(there, said)
            outcome.changed += bool(changed)
            outcome.same += not changed
            for name, new in changed.items():
                if len(outcome.changes) < outcome.listed:
                    what = f"{shortened(key)}: {LABELS[name]}"
                    outcome.changes.append(
                        Change(line, what, self._words(there, name), self._word(name, new))
                    )
            told.append((key, columns_of(there), sorted(changed)))
        if outcome.changed:
            outcome.note("All changes together are one repair, and can be undone as one.")
        outcome.basis = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()

    def _words(self, there: Campaign, name: str) -> str:
        return self._word(name, getattr(there, columns.attribute_of(name)))

    def _word(self, name: str, value: Any) -> str:
        if name == "owner" and value:
            names = {pk: known for known, pk in self._owners.items()}
            return names.get(int(value), f"user {value}")
        return columns.as_text(name, value)

    def merge(self) -> None:
        """New campaigns are added as by hand; those that are there are changed by a repair."""
        edits: dict[int, Values] = {}
        made: list[Campaign] = []
        withdrawn = kept.withdrawn(self.company)
        for _line, key, said in self._rows:
            there = self._there.get(key)
            if key in withdrawn:
                there = kept.take_up(self.company, key)
            if there is None:
                made.append(self._made(key, said))
            elif changed := _changed(there, said):
                edits[there.pk] = changed | {"discovered": False}  # a person has looked at it
        Campaign.objects.bulk_create(made, batch_size=BATCH)
        if made:
            keys = [one.key for one in made]
            campaigns_made.send(Campaign, company=self.company, keys=keys)
        title = _("%(file)s: %(n)s campaigns") % {
            "file": shortened(self.outcome.name),
            "n": len(edits),
        }
        kept.edit_many(self.company, edits, self.job.author, title)

    def _made(self, key: str, said: Values) -> Campaign:
        values = {columns.attribute_of(name): _as_stored(name, new) for name, new in said.items()}
        campaign = Campaign(company=self.company, key=key, **values)
        campaign.complete()
        return campaign


def _changed(there: Campaign, said: Values) -> Values:
    """What a row says otherwise than it is stored."""
    return {
        name: new
        for name, new in said.items()
        if columns.text_of(there, name) != columns.as_text(name, new)
    }


def columns_of(there: Campaign) -> list[str]:
    """Everything that a file can change, as text: what a check has been looking at."""
    return [columns.text_of(there, name) for name in VALUES]


def _as_stored(name: str, value: Any) -> Any:
    if name == "owner":
        return int(value) if value else None
    return value


def _stored_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _words_of(choices: Any) -> dict[str, str]:
    """Values, and what they are called on pages."""
    return {word.casefold(): v for v, label in choices for word in (str(label), v)}


CHANNELS = _words_of(Campaign.Channel.choices)
STATUSES = _words_of(Campaign.Status.choices)
YES_NO = {"yes": "yes", "1": "yes", "true": "yes", "no": "no", "0": "no", "false": "no"}


def _key(text: str) -> str:
    found = tidy(text)
    if not found:
        raise CellError("This is no name of a campaign.", "Write its utm_campaign.")
    if len(found) > KEY_LIMIT:
        raise CellError(f"This name has more than {KEY_LIMIT} characters.", "Shorten it.")
    return found


def _fact(text: str) -> str:
    return parse_text(one_line(text), TEXT_LENGTH)


def _page(text: str) -> str:
    found = parse_text(text.strip(), PAGE_LENGTH)
    if found.casefold() == NOTHING:
        return ""
    try:
        PAGE_ADDRESS(found)
    except ValidationError:
        raise CellError(
            "This is no address of a page.", "Write it with https:// at its beginning."
        ) from None
    return found


def _tags(text: str) -> str:
    try:
        refuse_long_tags(text)
    except ValidationError as error:
        raise CellError(error.messages[0], "") from error
    return tidy_tags(text)
