resource "aws_bedrockagent_flow" "x" {
  name = "x"
}
