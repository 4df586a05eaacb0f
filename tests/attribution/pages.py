"""Forms of the admin, as tests fill them in."""

from django.urls import reverse

NO_IDS = {"platform_ids-TOTAL_FORMS": "0", "platform_ids-INITIAL_FORMS": "0"}
NO_BOOKINGS = {"booking_set-TOTAL_FORMS": "0", "booking_set-INITIAL_FORMS": "0"}


def url(model, page, *args):
    return reverse(f"admin:{model}_{page}", args=args)


def post(client, address, **data):
    """Sends a form and hands back the texts of its errors; none when it was taken."""
    answer = client.post(address, data)
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    form = answer.context["adminform"].form
    inlines = [
        errors for one in answer.context["inline_admin_formsets"] for errors in one.formset.errors
    ]
    errors = [form.errors, *inlines]
    return [text for one in errors for texts in one.values() for text in texts]
