"""Evaluate: gold tables against predicted tables."""
