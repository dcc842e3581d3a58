"""Operators' people: who may come in, how, and what they may do; and programs' keys."""
