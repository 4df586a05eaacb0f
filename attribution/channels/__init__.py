"""Where a visit came from: links and referrers read, and the channel that follows from them."""
