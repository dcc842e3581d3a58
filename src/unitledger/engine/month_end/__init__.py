"""The end of a month: a tie-out that a person asks for, and closing on the strength of it."""
