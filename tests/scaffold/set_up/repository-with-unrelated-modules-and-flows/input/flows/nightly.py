# A flow of another tool
