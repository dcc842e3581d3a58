"""The rows: one module a subject, constraints with the sentence above them, no logic."""
