"""Selects a run's definitions and settings, from the command line, flowseal.yaml, and the disk."""
