"""To which rows facts belong, at each level, as the second report says it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

CHANNELS = {
    "paid_search": "Paid search",
    "paid_social": "Paid social",
    "email": "E-mail",
    "other": "Other",
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def query_splits_no_spend(by):
    """Whether no entry of spend says it."""
    return by in ("country", "kind", "page", "hour")


class Rows:
    """What an answer knows of rows."""

    def _day(self, number, lead):
        """The day by which the lead counts; None without one."""
        if self.query.basis == "received":
            return lead.day
        known = [one for one in self._bookings(number) if one.status != "cancelled"]
        if self.query.basis == "completed":
            done = [one.completed or one.at for one in known if one.status == "completed"]
            return min(map(self.world.day_of, done), default=None)
        return min((self.world.day_of(one.at) for one in known), default=None)

    def _dimension(self, by, day, campaign, source, medium, lead=None):
        """None: in no row of it."""
        match by:
            case "source":
                return source or None
            case "medium":
                return medium or None
            case "channel":
                return self.world.campaigns[campaign].channel if campaign is not None else None
            case "month":
                return f"{day.year}-{day.month:02}"
            case "weekday":
                return str(day.isoweekday())
            case "campaign":
                return campaign
        if lead is None:
            return None
        match by:
            case "country":
                return lead.country or None
            case "kind":
                return lead.kind
            case "page":
                return lead.page.split("?")[0].split("#")[0] or None
            case "hour":  # of the half hour in UTC in which it came
                at = lead.at - timedelta(minutes=lead.at.minute % 30)
                return f"{at.astimezone(ZoneInfo(self.world.zone)).hour:02}"

    def _lead_key(self, lead, by=None, day=None):
        day = day or lead.day
        if by is None and self.query.basis != "received":
            number = next(n for n, one in self.world.leads.items() if one is lead)
            day = self._day(number, lead) or day
        by = by or self.query.group_by
        return self._dimension(by, day, lead.campaign, lead.source, lead.medium, lead)

    def _spend_key(self, key, by=None):
        by = by or self.query.group_by
        return self._dimension(by, key[0], self._matched(key), key[2], key[3])

    def _inner(self, leads, spend, old_leads, old_spend, levels):
        """Row → what it says now and before, and what it is split into; None: without a value."""
        if not levels:
            return {}
        by, *deeper = levels
        if query_splits_no_spend(by):
            spend, old_spend = [], []

        def of_lead(x):
            return self._lead_key(x[1], by, self._day(*x))

        found = {}
        keys = {of_lead(x) for x in leads} | {self._spend_key(x[0], by) for x in spend}
        for key in keys:
            parts = [
                [x for x in leads if of_lead(x) == key],
                [x for x in spend if self._spend_key(x[0], by) == key],
                [x for x in old_leads if of_lead(x) == key],
                [x for x in old_spend if self._spend_key(x[0], by) == key],
            ]
            values = self._values(*parts[:2]), self._values(*parts[2:])
            found[key] = values, self._inner(*parts, deeper)
        return found

    def _label(self, key):
        match self.query.group_by:
            case "campaign":
                return self.world.campaigns[key].name
            case "channel":
                return CHANNELS[key]
            case "month":
                return f"{MONTHS[int(key[5:]) - 1]} {key[:4]}"
            case "weekday":
                return WEEKDAYS[int(key) - 1]
            case "hour":
                return f"{key}:00–{key}:59"
            case "kind":
                return "Primary"
        return key
