# Subnets
