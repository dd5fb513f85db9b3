"""A project -> the result of one run: checked definitions, proven modules, and what changes on disk."""
