"""A document -> the flow that its author meant."""
