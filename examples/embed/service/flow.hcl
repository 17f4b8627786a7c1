variable "sim" {
  type = string
}

auth "ippbx" "hq" {
  base_url = "${var.sim}/ippbx"
  username = "api"
  password = env("PBX_PASSWORD", "demo-pbx-password")
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
