"""Attribution models: which visit of a lead gets the credit for it."""
