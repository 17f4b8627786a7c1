# Ekuaibao (易快报 / 合思): a token of two hours, refreshed while it lives. See plugins/ekuaibao/README.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao" # left out: https://app.ekuaibao.com
  app_key      = "demo-app-key"
  app_security = env("EKUAIBAO_SECURITY", "demo-app-security")
  settle       = "100ms" # old servers refuse a token that is used at once
}

output "company" {
  value = auth.ekuaibao.expenses.corporation_id
}

# For the query parameter `accessToken` of later calls.
output "token" {
  value     = auth.ekuaibao.expenses.token
  sensitive = true
}
