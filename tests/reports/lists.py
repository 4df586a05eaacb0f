"""What the lists of the admin show for an address, without the page around it."""

from decimal import Decimal
from urllib.parse import urlsplit

from django.contrib.admin import site
from django.contrib.admin.views.main import ChangeList
from django.db.models import Sum
from django.test import RequestFactory

from attribution.models import Lead
from spend.models import SpendEntry

LISTS = {"/admin/attribution/lead/": Lead, "/admin/spend/spendentry/": SpendEntry}


class Lists:
    """Figures of the rows that a user is shown. `known`: those that were found before."""

    def __init__(self, user, monkeypatch, known=None):
        monkeypatch.setattr(ChangeList, "get_results", lambda self, request: None)
        self.user, self.known = user, {} if known is None else known

    def figure(self, url, name):
        if (url, name) not in self.known:
            self.known[url, name] = self._figure(self.rows(url), name)
        return self.known[url, name]

    def rows(self, url):
        request = RequestFactory().get(url)
        request.user = self.user
        page = site._registry[LISTS[urlsplit(url).path]]
        return page.get_changelist_instance(request).queryset

    def _figure(self, rows, name):
        if rows.model is SpendEntry:
            return Decimal(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0) / 100
        if name == "revenue":
            return Decimal(rows.aggregate(sum=Sum("revenue_minor"))["sum"] or 0) / 100
        return rows.count()
