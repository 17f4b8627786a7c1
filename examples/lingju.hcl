# Lingju (灵聚): a token of 30 days for one device, which may ask ten times in a calendar month. See plugins/lingju/README.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "lingju" "robot" {
  base_url = "${var.sim}/lingju" # left out: https://dev.lingju.ai
  appkey   = env("LINGJU_APPKEY", "demo-lingju-appkey")
  userid   = lower(replace("00:1A:2B:3C:4D:5F", ":", "")) # a MAC address without its colons
  method   = "POST"                                       # so that the appkey stands in no URL
}

output "dies" {
  value = auth.lingju.robot.expires_at
}

# For the member `accessToken` of the JSON body of later calls.
output "token" {
  value     = auth.lingju.robot.token
  sensitive = true
}
