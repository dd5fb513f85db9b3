"""A flow -> the plan of its module -> the text of every file -> its proof."""
