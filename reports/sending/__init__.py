"""What is sent by itself: digests of saved views, and alerts on their figures."""
