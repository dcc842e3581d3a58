"""What people decide about records by hand, besides asking for them again.

Skip, handled in Xero, keep Xero's copy, write ours again, link, unlink, take up: each is one
row with its author and what stood before it, done once however often it is asked for.
"""
