"""A stand-in for the hashicorp/aws provider: Terraform's plugin protocol 6, for the resources of our modules only."""
