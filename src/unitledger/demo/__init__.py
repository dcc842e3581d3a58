"""The trial: a fictional storage business, and everything it needs, started with one command."""
