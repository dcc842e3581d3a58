"""Rehearsals: asked for, packed, watched, and kept as figures."""
