module "tickets" {
  source = "./modules/echo"
}
