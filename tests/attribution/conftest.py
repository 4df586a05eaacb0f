"""Fixtures for tests of the admin."""

import pytest

from tests.factories import make_user


@pytest.fixture
def signed_in(client, company):
    """Signs in a new user of the role and hands back the user."""

    def sign_in(role="company_admin", at=company, **values):
        user = make_user(at, role, **values)
        client.force_login(user)
        return user

    return sign_in
