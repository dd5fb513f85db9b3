resource "aws_bedrockagent_flow" "this" {
  name = "x"
}
