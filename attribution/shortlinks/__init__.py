"""Short links: `/l/<slug>` leads to a page of the company's own, with UTM values."""
