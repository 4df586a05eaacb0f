"""A view of the team's in each demo company, sent on Mondays, with an alert on it."""

from django.contrib.auth.models import User

from attribution.models import Company
from reports.models import Alert, SavedView, Subscription

NAME = "Monday figures"
STATE = "period=28d&sort=-leads"


def make_sending(company: Company, owner: User) -> None:
    """Mails go to the owner alone, and nowhere while no mail server is set up."""
    view = SavedView.objects.create(
        company=company, name=NAME, state=STATE, author=owner, changed_by=owner
    )
    mine = {"company": company, "view": view, "owner": owner, "recipients": [owner.pk]}
    Subscription.objects.create(**mine)
    Alert.objects.create(**mine, metric="leads", condition=Alert.Condition.UNUSUAL)
