# One block for many: for_each makes an instance for each element of a map, of an object or of a set of strings.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

variable "devices" {
  type = map(string)
  default = {
    lobby    = "001A2B3C4D5E"
    kitchen  = "001A2B3C4D5F"
    workshop = "001A2B3C4D60"
  }
  description = "MAC addresses of the robots by where they stand."
}

auth "lingju" "robot" {
  for_each = var.devices

  base_url = "${var.sim}/lingju"
  appkey   = "demo-lingju-appkey"
  userid   = each.value # each.key is lobby, kitchen, workshop
}

# One instance: its address is auth.lingju.robot["lobby"].
output "lobby_dies" {
  value = auth.lingju.robot["lobby"].expires_at
}

# All of them: an object with the keys of for_each.
output "tokens" {
  value     = { for where, robot in auth.lingju.robot : where => robot.token }
  sensitive = true
}

output "robots" {
  value = length(auth.lingju.robot)
}
