"""framing: compare how different outlets report the same event."""
