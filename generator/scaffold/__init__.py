"""New flows from templates, and the files that a repository needs around its flows."""
