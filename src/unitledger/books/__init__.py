"""Accounting systems that documents are written to."""
