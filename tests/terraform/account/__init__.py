"""A stand-in for an AWS account: moto's server, the flows API that moto lacks, and limits that moto does not hold."""
