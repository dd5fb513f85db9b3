# Written by hand beside a generated module, to try the account, the provider, and the AWS CLI that release modules need.

locals {
  release_digest = sha256(jsonencode([
    aws_bedrockagent_flow.this.definition,
    aws_iam_role.this.arn,
    aws_kms_key.this.arn,
  ]))
}

resource "terraform_data" "prepared" {
  lifecycle {
    replace_triggered_by = [aws_bedrockagent_flow.this]
  }

  depends_on = [
    aws_iam_role_policy_attachment.encryption,
    aws_iam_role_policy_attachment.nodes,
    aws_kms_key_policy.this,
  ]

  provisioner "local-exec" {
    command     = "sh ${path.module}/prepare.sh"
    environment = { FLOW = aws_bedrockagent_flow.this.id, AWS_DEFAULT_REGION = data.aws_region.current.region }
  }
}

resource "aws_cloudcontrolapi_resource" "version" {
  type_name     = "AWS::Bedrock::FlowVersion"
  schema        = file("${path.module}/AWS-Bedrock-FlowVersion.json")
  desired_state = jsonencode({ FlowArn = aws_bedrockagent_flow.this.arn, Description = local.release_digest })

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [aws_bedrockagent_flow.this.id, aws_iam_role.this.arn, aws_kms_key.this.arn]
  }

  depends_on = [terraform_data.prepared]
}

resource "aws_cloudcontrolapi_resource" "alias" {
  type_name = "AWS::Bedrock::FlowAlias"
  schema    = file("${path.module}/AWS-Bedrock-FlowAlias.json")

  desired_state = jsonencode({
    FlowArn              = aws_bedrockagent_flow.this.arn
    Name                 = "live"
    RoutingConfiguration = [{ FlowVersion = split("|", aws_cloudcontrolapi_resource.version.id)[1] }]
  })

  lifecycle {
    replace_triggered_by = [aws_bedrockagent_flow.this.id]
  }
}

output "alias_arn" {
  description = "The alias that callers invoke"
  value       = split("|", aws_cloudcontrolapi_resource.alias.id)[0]
}

output "flow_version" {
  description = "The version that the alias routes to"
  value       = split("|", aws_cloudcontrolapi_resource.version.id)[1]
}
