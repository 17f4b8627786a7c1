# A vendor that may be asked ten times a calendar month, for each device. Whether a flow fits into that says, without a call:
#
#   authrun simulate monthly_quota.hcl --for 90d
#   authrun simulate monthly_quota.hcl --for 90d --outage lingju=20d+3d --life lingju=7d
#
# See docs/simulate.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "lingju" "robots" {
  for_each = toset(["lobby", "canteen"])
  base_url = "${var.sim}/lingju"
  appkey   = env("LINGJU_APPKEY", "demo-lingju-appkey")
  userid   = "robot${each.key}"

  lifecycle {
    renew_before = "3d" # so that a vendor who is down for a weekend costs nothing
  }
  limit "monthly" {
    count = 8 # two are kept for whoever mends something by hand
  }
}

output "die" {
  value = { for name, robot in auth.lingju.robots : name => robot.expires_at }
}
