"""A flow -> the plan of its module -> the content of every file -> its proof."""
