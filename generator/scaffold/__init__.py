"""What a newcomer starts from: a flow of some template, and the files that a repository needs around its flows."""
