"""Budgets against what is spent: pace, projection, months, and notices of marks crossed."""
