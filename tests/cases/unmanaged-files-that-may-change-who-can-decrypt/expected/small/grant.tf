# resource "aws_kms_alias" "in_a_comment" {}
locals {
  audit = { role = "resource \"aws_kms_key\" \"in_a_string\" {" }
}

resource "aws_kms_grant" "audit" {
  key_id            = aws_kms_key.this.key_id
  grantee_principal = "arn:aws:iam::111122223333:role/audit"
  operations        = ["Decrypt"]
}

resource "aws_iam_role_policy_attachment" "audit" {
  role       = "audit"
  policy_arn = aws_iam_policy.caller.arn
}
