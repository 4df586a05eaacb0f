"""The days that are asked about. All but one end with a month, as the data do."""

from datetime import date, timedelta

LAST_DAY = date(2025, 12, 31)  # of the generated data


def _until_the_end(days: int) -> tuple[date, date]:
    return LAST_DAY - timedelta(days=days - 1), LAST_DAY


MID_MONTH = "30 days, mid-month"  # few whole months help here
RANGES = {
    "30 days": _until_the_end(30),
    MID_MONTH: (date(2025, 11, 16), date(2025, 12, 15)),
    "90 days": _until_the_end(90),
    "24 months": _until_the_end(731),
}
