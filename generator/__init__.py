"""flowseal turns Amazon Bedrock Flow definitions into Terraform modules that encrypt each flow with its own KMS key."""

__version__ = "0.1.0"
