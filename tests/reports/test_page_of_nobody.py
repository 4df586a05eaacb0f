"""The report page where there is no company yet."""

from tests.factories import make_user
from tests.reports.march import ADDRESS


def test_a_person_without_a_company_is_led_on(client, db):
    client.force_login(make_user(is_superuser=True))
    answer = client.get(ADDRESS)
    assert "Add a company" in answer.content.decode()
