"""Align: which reports tell of the same event, who copied whose text, which sentence answers which."""
