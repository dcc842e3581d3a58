"""Comparing what we wanted with what Xero holds: one file a rule."""
