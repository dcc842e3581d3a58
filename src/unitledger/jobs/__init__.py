"""Procrastinate tasks and schedule: thin."""
