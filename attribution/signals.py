"""What this app tells apps that it does not know."""

from django.dispatch import Signal

# Many facts of one company changed, in the transaction that is still open. Argument: company_id.
facts_changed = Signal()
# The same, when that transaction is done, and tables are worth tidying up. Argument: tables, the
# names of those in which the facts are; without, any.
facts_settled = Signal()
# Campaigns are there that were not, or not any more. Arguments: company, keys.
campaigns_made = Signal()
# Asked of whoever keeps spend: where it would count by a rulebook. Arguments: company, book.
# Answer: a mapping of SpendName to the campaign, of those that would count elsewhere.
spend_asked = Signal()
# Spend of these names counts elsewhere from now on. Arguments: company, moves (such a mapping).
spend_moved = Signal()
# Rates of exchange are others, in the transaction that is still open: amounts are converted anew.
# Arguments: rates, reach, author. Answer: how many amounts changed.
rates_changed = Signal()
# Asked of whoever keeps amounts: what they would be by these rates. Arguments: rates, reach.
# Answer: what the amounts are called, and an iterator of parts of their changes.
rates_asked = Signal()
# Asked of whoever keeps amounts: which lack a rate. Arguments: company, first, last (days).
# Answer: what the amounts are called, and a list of `Missing`.
missing_asked = Signal()
# Asked of whoever keeps amounts: in which currencies other than its own. Argument: company.
# Answer: a set of them.
currencies_asked = Signal()
