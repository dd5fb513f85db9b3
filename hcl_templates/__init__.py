"""The templates of a module's files, each named after the file that it makes."""
