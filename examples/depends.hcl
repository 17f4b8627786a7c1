# What depends on what. A reference is a dependency; depends_on adds one where there is nothing to refer to. Blocks that do not depend on each
# other run at the same time.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "sipauth" "calls" {
  base_url  = "${var.sim}/sipauth"
  appid     = "demo"
  accesskey = "demo-accesskey"
}

# The robot of the company that the SIP platform says we are: this runs after auth.sipauth.calls, because it needs an attribute of it.
auth "lingju" "robot" {
  base_url = "${var.sim}/lingju"
  appkey   = "demo-lingju-appkey"
  userid   = "company${auth.sipauth.calls.companycode}"
}

# This runs after both, although it uses nothing of them. Where one of them fails, it is skipped.
auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao"
  app_key      = "demo-app-key"
  app_security = "demo-app-security"
  depends_on   = [auth.sipauth.calls, auth.lingju.robot]
}

output "order" {
  value = [auth.sipauth.calls.expires_at, auth.lingju.robot.expires_at, auth.ekuaibao.expenses.expires_at]
}
