"""What this app tells apps that it does not know."""

from django.dispatch import Signal

# Many facts of one company changed, in the transaction that is still open. Argument: company_id.
facts_changed = Signal()
# The same, when that transaction is done, and tables are worth tidying up. No arguments.
facts_settled = Signal()
# Campaigns are there that were not, or not any more. Arguments: company, keys.
campaigns_made = Signal()
# Asked of whoever keeps spend: where it would count by a rulebook. Arguments: company, book.
# Answer: a mapping of SpendName to the campaign, of those that would count elsewhere.
spend_asked = Signal()
# Spend of these names counts elsewhere from now on. Arguments: company, moves (such a mapping).
spend_moved = Signal()
