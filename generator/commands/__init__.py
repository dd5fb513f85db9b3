"""Arguments -> one run -> exit code; one file per command, which `cli` registers."""
