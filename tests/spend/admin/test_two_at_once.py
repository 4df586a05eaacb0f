"""Spend is changed by two at once, through the form, the list and an import: nothing is lost."""

from random import Random

import pytest
from django.db import transaction
from django.forms import modelform_factory, modelformset_factory

from attribution.admin.versions import VersionedFormSet
from attribution.imports import engine
from attribution.imports.options import ImportOptions
from spend.admin.entry import SpendForm
from spend.admin.rows import EntryRow
from spend.models import SpendEntry, SpendRevision
from tests.attribution.import_files import check, file_of
from tests.factories import make_spend, make_user

pytestmark = pytest.mark.django_db
Form = modelform_factory(
    SpendEntry, form=SpendForm, fields=("campaign_name", "day", "line", "currency", "note")
)
Rows = modelformset_factory(
    SpendEntry, form=EntryRow, formset=VersionedFormSet, fields=("amount_minor", "note"), extra=0
)


class ByForm:
    """One editor at the page of the entry."""

    def __init__(self, entry, amount):
        self.data = {
            "campaign_name": entry.campaign_name,
            "day": entry.day.isoformat(),
            "line": entry.line,
            "amount": str(amount),
            "version_read": entry.version,
        }

    def send(self, **choice):
        """None when it was saved; else the stored amount that the page shows beside the other."""
        with transaction.atomic():
            entry = SpendEntry.objects.select_for_update(of=("self",)).get()
            form = Form(self.data | choice, instance=entry)
            if form.is_valid():
                if form.has_changed():
                    form.save()
                return None
        return {one.label: one.theirs for one in form.differences}["Amount"]


class ByList:
    """One editor at the list, in which the entry stands."""

    def __init__(self, entry, amount):
        self.data = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": entry.pk,
            "form-0-amount_minor": str(amount),
            "initial-form-0-amount_minor": f"{entry.amount_minor / 100:.2f}",
            "form-0-note": "",
            "initial-form-0-note": "",
            "form-0-version_read": entry.version,
        }

    def send(self, **choice):
        chosen = {f"form-0-{name}": value for name, value in choice.items()}
        with transaction.atomic():
            rows = SpendEntry.objects.select_for_update(of=("self",))
            formset = Rows(self.data | chosen, queryset=rows)
            if formset.is_valid():
                for form in formset.forms:
                    if form.has_changed():
                        form.save()
                return None
        [form] = formset.forms
        return {one.label: one.theirs for one in form.differences}["Amount"]


class ByFile:
    """One who looks at what a file would change, and confirms that."""

    def __init__(self, entry, amount):
        self.company = entry.company
        self.text = f"campaign,day,amount\nspring,{entry.day},{amount}\n"
        self.looked = check(self.company, "spend", self.text)

    def send(self, **choice):
        if choice:  # whoever was stopped looks again, and confirms what the check shows now
            self.looked = check(self.company, "spend", self.text)
        if choice.get("version_choice") == "theirs":
            return None
        kind, options = ("spend", file_of(self.text), "f.csv"), ImportOptions()
        try:
            engine.take_in(self.company, *kind, options, None, basis=self.looked.basis)
        except engine.Overtaken:
            again = check(self.company, "spend", self.text)
            return again.changes[0].text.partition("amount: €")[2].partition(" →")[0]
        return None


# An import takes longest, and so has the smallest part.
WAYS = (*[(ByForm, ByForm), (ByList, ByForm)] * 3, (ByFile, ByForm))


def test_of_200_interleavings_by_form_list_and_import_none_loses_a_change(company):
    chance = Random(16)
    Form.user = make_user(company, "company_admin")
    make_spend(company, "spring", 1_00, source="file")
    lost = stopped = 0
    for number in range(200):
        before = SpendEntry.objects.get()
        pairs = zip(WAYS[number % len(WAYS)], chance.sample(range(100), 2), strict=True)
        # Both open it, change the amount, and send: in either order.
        editors = [way(before, f"{number + 2}.{cents:02}") for way, cents in pairs]
        chance.shuffle(editors)
        first, second = editors
        assert first.send() is None
        kept = SpendEntry.objects.get()
        assert kept.version == before.version + 1
        shown = second.send()
        if shown is None:
            lost += 1
            continue
        stopped += 1
        assert shown == f"{kept.amount_minor / 100:.2f}"
        assert SpendEntry.objects.get().amount_minor == kept.amount_minor
        choice = chance.choice(("mine", "theirs"))
        assert second.send(version_choice=choice, version_seen=str(kept.version)) is None
        last = SpendEntry.objects.get()
        assert last.version == kept.version + (choice == "mine")
        assert (last.amount_minor == kept.amount_minor) is (choice == "theirs")
    assert (lost, stopped) == (0, 200)
    # All that was there at some time is kept.
    assert SpendRevision.objects.count() == SpendEntry.objects.get().version - 1
