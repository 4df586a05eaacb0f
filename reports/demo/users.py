"""The demo users: one for each role, with passwords that everyone may know."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from attribution.models import Company, Membership
from attribution.roles import Role


@dataclass(frozen=True)
class DemoUser:
    """Who may sign in to the demo, and as what."""

    username: str
    role: str  # empty: site superuser
    everywhere: bool = False  # in all demo companies, not the first alone

    @property
    def password(self) -> str:
        return f"demo-{self.username}"

    @property
    def email(self) -> str:
        """Tells our own users from those of the same name that somebody else made."""
        return f"{self.username}@demo.example.com"


USERS = (
    DemoUser("viewer", Role.VIEWER.value),
    DemoUser("owner", Role.OWNER.value, everywhere=True),
    DemoUser("utm-admin", Role.UTM_ADMIN.value),
    DemoUser("company-admin", Role.COMPANY_ADMIN.value),
    DemoUser("admin", ""),
)


def make_users() -> dict[str, User]:
    """The demo users by name; a user of that name who is somebody else stays as he is."""
    taken = set(User.objects.values_list("username", flat=True))
    for demo in USERS:
        if demo.username not in taken:
            user = User(
                username=demo.username,
                email=demo.email,
                is_staff=True,
                is_superuser=not demo.role,
            )
            user.set_password(demo.password)
            user.save()
    return {user.username: user for user in User.objects.filter(email__in=emails())}


def make_memberships(users: dict[str, User], companies: list[Company]) -> None:
    for demo in USERS:
        if demo.role and demo.username in users:
            for company in companies if demo.everywhere else companies[:1]:
                Membership.objects.create(
                    company=company, user=users[demo.username], role=demo.role
                )


def emails() -> list[str]:
    return [demo.email for demo in USERS]


def sign_in_lines() -> list[str]:
    """One line for each demo user: name, password, role."""
    ours = set(User.objects.filter(email__in=emails()).values_list("username", flat=True))
    return [
        f"{demo.username:<14} {demo.password:<20} {_what(demo)}"
        if demo.username in ours
        else f"{demo.username:<14} was there before the demo and keeps the password it has"
        for demo in USERS
    ]


def _what(demo: DemoUser) -> str:
    if not demo.role:
        return "Superuser"
    where = "all companies" if demo.everywhere else "first company"
    return f"{Role(demo.role).label}, {where}"
