"""Notices: noticing what needs a person, and telling them once."""
