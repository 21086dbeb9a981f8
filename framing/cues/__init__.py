"""Cues: framing cues and inserted labels, with exact spans."""
