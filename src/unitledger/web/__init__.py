"""Pages: one module a screen. Reads with querysets, changes through the engine."""
