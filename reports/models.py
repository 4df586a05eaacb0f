"""Sums kept beside the facts, so that a report costs the same however many leads there are.

Only counts and sums: rates are made when a report is read. Every row can be made anew from the
facts at any time, and nothing but `reports.rollup` and the triggers in it writes here.
"""

from django.db import models

from attribution.models import Company
from attribution.models.base import CompanyRow
from attribution.models.campaign import KEY_LENGTH
from reports.notes.models import Note as Note
from reports.saved.models import DefaultView as DefaultView
from reports.saved.models import SavedView as SavedView
from reports.sending.models import Alert as Alert
from reports.sending.models import Delivery as Delivery
from reports.sending.models import Subscription as Subscription
from reports.targets.models import Target as Target

NO_CAMPAIGN = 0  # unattributed leads and unmatched spend stand under this campaign, never NULL


def campaign_id() -> "models.BigIntegerField[int, int]":
    """A campaign's id without a foreign key: its check would cost more than the row."""
    return models.BigIntegerField(default=NO_CAMPAIGN)


class KeptRow(CompanyRow):
    """A row made from facts. Deleting a company, which has no facts then, takes it along."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )

    class Meta(CompanyRow.Meta):
        abstract = True


class LeadSums(KeptRow):
    """Leads that are alike in campaign, reason, source and medium, added up over some days."""

    day = models.DateField()  # the last of these days
    campaign_id = campaign_id()
    reason = models.CharField(max_length=12)  # why without campaign; empty with one
    source = models.CharField(max_length=KEY_LENGTH)
    medium = models.CharField(max_length=KEY_LENGTH)
    # Leads by kind, all that were received.
    primary = models.IntegerField()
    follow_up = models.IntegerField()
    test = models.IntegerField()
    bot = models.IntegerField()
    blocked = models.IntegerField()
    duplicate = models.IntegerField()
    # Of the primary leads.
    booked = models.IntegerField()
    completed = models.IntegerField()
    revenue_minor = models.BigIntegerField()

    class Meta(KeptRow.Meta):
        abstract = True


class SpendSums(KeptRow):
    """Spend entries that are alike in campaign, source, medium and line, added up over days."""

    day = models.DateField()  # the last of these days
    campaign_id = campaign_id()
    source = models.CharField(max_length=100)
    medium = models.CharField(max_length=100)
    line = models.CharField(max_length=10)
    entries = models.IntegerField()
    priced = models.IntegerField()  # entries whose amount is known; none means that it is unknown
    amount_minor = models.BigIntegerField()
    impressions = models.BigIntegerField()
    clicks = models.BigIntegerField()
    sends = models.BigIntegerField()
    opens = models.BigIntegerField()
    # How many entries reported the number at all: none means unknown, which is not nought.
    told_impressions = models.IntegerField()
    told_clicks = models.IntegerField()
    told_sends = models.IntegerField()
    told_opens = models.IntegerField()

    class Meta(KeptRow.Meta):
        abstract = True


LEAD_KEY = ("company", "day", "campaign_id", "reason", "source", "medium")
SPEND_KEY = ("company", "day", "campaign_id", "source", "medium", "line")


class RollupDay(LeadSums):
    """Leads of one day in the company's zone."""

    pk = models.CompositePrimaryKey(*LEAD_KEY)

    class Meta(LeadSums.Meta):
        db_table = "rollup_day"


class RollupMonth(LeadSums):
    """Leads of a month so far: until its 5th, 10th, 15th, 20th, 25th and last day."""

    pk = models.CompositePrimaryKey(*LEAD_KEY)

    class Meta(LeadSums.Meta):
        db_table = "rollup_month"


class RollupYear(LeadSums):
    """Leads of a year so far: until the end of each quarter."""

    pk = models.CompositePrimaryKey(*LEAD_KEY)

    class Meta(LeadSums.Meta):
        db_table = "rollup_year"


class RollupWeekday(LeadSums):
    """Leads of one weekday of a whole month; its day is the last such weekday of the month."""

    pk = models.CompositePrimaryKey(*LEAD_KEY)

    class Meta(LeadSums.Meta):
        db_table = "rollup_weekday"


class RollupSpendDay(SpendSums):
    """Spend of one day."""

    pk = models.CompositePrimaryKey(*SPEND_KEY)

    class Meta(SpendSums.Meta):
        db_table = "rollup_spend_day"


class RollupSpendMonth(SpendSums):
    """Spend of a month so far, until the same days as of leads."""

    pk = models.CompositePrimaryKey(*SPEND_KEY)

    class Meta(SpendSums.Meta):
        db_table = "rollup_spend_month"


class RollupSpendYear(SpendSums):
    """Spend of a year so far: until the end of each quarter."""

    pk = models.CompositePrimaryKey(*SPEND_KEY)

    class Meta(SpendSums.Meta):
        db_table = "rollup_spend_year"


class RollupSpendWeekday(SpendSums):
    """Spend of one weekday of a whole month; its day is the last such weekday of the month."""

    pk = models.CompositePrimaryKey(*SPEND_KEY)

    class Meta(SpendSums.Meta):
        db_table = "rollup_spend_weekday"


class RollupMark(KeptRow):
    """A change of facts that the sums do not know yet: which bucket, and by how much.

    Database triggers append these, and nothing makes them unique: a mark left out because there
    is one already would be lost when that one is taken. The differences go to the ledger.
    """

    class Fact(models.TextChoices):
        LEAD = "lead"
        SPEND = "spend"

    fact = models.CharField(max_length=5, choices=Fact)
    day = models.DateField()
    campaign_id = campaign_id()
    # Signed differences: leads received, of them counted, booked, completed, with their revenue;
    # of spend the entries, of them those with a known amount (in `counted`), and these amounts.
    received = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)
    booked = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    minor = models.BigIntegerField(default=0)
    # The ids of the leads that it tells of, parted by commas, when these are new and nothing else
    # is; empty when anything else has changed.
    lead_ids = models.TextField(default="", db_default="")
    # Its change is in the facts that were exported for a build elsewhere.
    exported = models.BooleanField(default=False, db_default=False)

    class Meta(KeptRow.Meta):
        db_table = "rollup_mark"


class RollupLedger(KeptRow):
    """The second book: each day's totals, kept by adding differences and never by recounting.

    The sums are recounted bucket by bucket, this is not: a fault in one shows against the other.
    """

    pk = models.CompositePrimaryKey("company", "day")
    day = models.DateField()
    received = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)
    named = models.IntegerField(default=0)  # of the counted: with a campaign
    booked = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)
    entries = models.IntegerField(default=0)
    priced = models.IntegerField(default=0)  # of the entries: with a known amount
    spend_minor = models.BigIntegerField(default=0)
    matched_minor = models.BigIntegerField(default=0)  # of the spend: with a campaign

    class Meta(KeptRow.Meta):
        db_table = "rollup_ledger"


class RollupState(KeptRow):
    """Whether a company's sums may be read. Without a row they may: nothing was before them."""

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    ready = models.BooleanField(default=True)
    next_month = models.DateField(null=True)  # where a rebuild that was stopped goes on
    # A build elsewhere is under way: until it is loaded, marks stay and are read live.
    building_since = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    drift = models.IntegerField(default=0)  # buckets that the last check found wrong

    class Meta(KeptRow.Meta):
        db_table = "rollup_state"


class LagDay(KeptRow):
    """One line of a life table: leads that had waited so many days for an outcome."""

    class Outcome(models.TextChoices):
        BOOKED = "booked"
        COMPLETED = "completed"
        # Another table: leads of so many days of age that ever had a booking, and of them those
        # with nothing but cancelled ones.
        CANCELLED = "cancelled"

    pk = models.CompositePrimaryKey("company", "channel", "outcome", "days")
    channel = models.CharField(max_length=20)  # of the campaigns; empty for all leads
    outcome = models.CharField(max_length=9, choices=Outcome)
    days = models.IntegerField()  # since the lead was received
    at_risk = models.IntegerField()
    events = models.IntegerField()

    class Meta(KeptRow.Meta):
        db_table = "lag_day"


class LagMade(KeptRow):
    """From which leads a company's life tables were made, and when."""

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, primary_key=True, db_constraint=False
    )
    made_on = models.DateField()  # the company's day; the day before was the last one counted
    first_day = models.DateField()  # of the period
    every = models.IntegerField()  # only leads of every so many days were looked at
    leads = models.IntegerField()  # looked at

    class Meta(KeptRow.Meta):
        db_table = "lag_made"


# At the end: its tables have the columns of the sums above.
from reports.closing.models import ClosedCampaign as ClosedCampaign  # noqa: E402
from reports.closing.models import ClosedLeads as ClosedLeads  # noqa: E402
from reports.closing.models import ClosedMonth as ClosedMonth  # noqa: E402
from reports.closing.models import ClosedSpend as ClosedSpend  # noqa: E402
from reports.closing.models import RestatedFigure as RestatedFigure  # noqa: E402
from reports.closing.models import Restatement as Restatement  # noqa: E402
