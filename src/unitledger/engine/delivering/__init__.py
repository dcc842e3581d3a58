"""Telling others what changed: which addresses, what each is told, and every attempt."""
