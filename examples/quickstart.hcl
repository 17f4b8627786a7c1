# Five vendors, one of which waits for another. It runs as it is, against the simulator:
#
#   go run ./examples/simulator &
#   bin/authrun apply examples/quickstart.hcl
#
# A second apply makes no call: what lives is reused.

variable "sim" {
  type        = string
  default     = "http://127.0.0.1:18080"
  description = "Address of the simulator. With your own accounts, set each base_url instead."
}

variable "pbx_password" {
  type      = string
  sensitive = true
  default   = "demo-pbx-password" # the simulator's; a real one comes by AUTHRUN_VAR_pbx_password
}

auth "ippbx" "hq" {
  base_url = "${var.sim}/ippbx"
  username = "api"
  password = var.pbx_password # sent as its MD5
  port     = 8260
}

auth "sipauth" "calls" {
  base_url  = "${var.sim}/sipauth"
  appid     = "demo"
  accesskey = env("SIP_ACCESSKEY", "demo-accesskey")
}

auth "easemob" "im" {
  base_url      = "${var.sim}/easemob"
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "YXA6-demo-client"
  client_secret = env("EASEMOB_SECRET", "demo-client-secret")

  depends_on = [auth.ippbx.hq] # no messages before the telephones work
}

auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao"
  app_key      = "demo-app-key"
  app_security = env("EKUAIBAO_SECURITY", "demo-app-security")
}

auth "lingju" "robot" {
  base_url = "${var.sim}/lingju"
  appkey   = env("LINGJU_APPKEY", "demo-lingju-appkey")
  userid   = "001A2B3C4D5E"
}

output "company" {
  value = auth.ekuaibao.expenses.corporation_id
}

output "robot_token_dies" {
  value = auth.lingju.robot.expires_at
}

output "im_token" {
  value     = auth.easemob.im.token
  sensitive = true # `authrun output examples/quickstart.hcl im_token --raw` shows it
}
