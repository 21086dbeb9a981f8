"""Lexical: differences in wording, compared within events."""
