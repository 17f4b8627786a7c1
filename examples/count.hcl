# So many alike: count makes instances with the numbers from 0 on. With count = 0 there is none; for things that have names take for_each.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

variable "robots" {
  type    = number
  default = 2
}

auth "lingju" "robot" {
  count = var.robots

  base_url = "${var.sim}/lingju"
  appkey   = "demo-lingju-appkey"
  userid   = format("001A2B3C4D%02X", count.index)
}

output "first_dies" {
  value = one(slice(auth.lingju.robot[*].expires_at, 0, 1))
}

output "robots" {
  value = length(auth.lingju.robot)
}
