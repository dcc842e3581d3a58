"""Contacts: how they are written, the rules they keep, how they look."""
