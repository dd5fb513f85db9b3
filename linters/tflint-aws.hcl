# The same, and the AWS ruleset as it comes. `tflint --init` fetches that ruleset from GitHub; docs/linters.md says how to
# use this file.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

plugin "aws" {
  enabled = true
  version = "0.42.0"
  source  = "github.com/terraform-linters/tflint-ruleset-aws"
}
