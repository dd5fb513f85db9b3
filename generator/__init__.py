"""flowseal: Amazon Bedrock Flows as Terraform modules, each under its own KMS key."""

__version__ = "0.1.0"
