"""What a newcomer starts from: a flow of some shape, and the files that a repository needs around its flows."""
