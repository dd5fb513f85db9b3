"""Commands with a file of their own; `cli` registers each with one line."""
