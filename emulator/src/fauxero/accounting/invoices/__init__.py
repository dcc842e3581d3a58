"""Invoices and bills: how they are written, the rules they keep, how they look."""
