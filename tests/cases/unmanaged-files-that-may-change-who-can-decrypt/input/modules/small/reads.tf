data "aws_kms_key" "this" {
  key_id = aws_kms_key.this.key_id
}

resource "aws_cloudwatch_log_group" "flow" {
  name = "x"
}
