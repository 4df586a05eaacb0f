"""The two-way audit: where money and leads do not meet, each with what is at risk and the fix."""
