resource "aws_cloudwatch_log_group" "flow" {
  name = "a
}
