module "alarms" {
  source = "../../alarms"
}
