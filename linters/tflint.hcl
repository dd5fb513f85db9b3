# What `make lint-modules` asks of every generated module: all rules of tflint's terraform ruleset, without exception.
plugin "terraform" {
  enabled = true
  preset  = "all"
}
