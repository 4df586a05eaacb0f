"""Form and booking tools that post what they have in their own shape, each to an address of its
own. What they send is read by a declared mapping, and then goes the way of every lead."""
