"""What this app tells apps that it does not know."""

from django.dispatch import Signal

# Many facts of one company changed, in the transaction that is still open. Argument: company_id.
facts_changed = Signal()
# The same, when that transaction is done, and tables are worth tidying up. No arguments.
facts_settled = Signal()
