"""Quotes: offers that post nothing. Repeating invoices, which are read only, stand beside."""
