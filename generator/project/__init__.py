"""The command line, flowseal.yaml, and the disk -> which definitions a run works on, and with which settings."""
