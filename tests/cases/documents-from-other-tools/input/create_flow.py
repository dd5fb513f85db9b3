import boto3
boto3.client("bedrock-agent").create_flow(name="x")
