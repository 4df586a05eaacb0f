"""The page Budget & pacing: budgets against spend, and plan against actual by month."""
