"""Journals: those a person writes (ManualJournals) and those the ledger has (Journals)."""
