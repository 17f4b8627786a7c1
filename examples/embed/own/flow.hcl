variable "sim" {
  type = string
}

auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao"
  app_key      = "demo-app-key"
  app_security = vault("expenses/security") # a function of the program
}

output "company" {
  value = auth.ekuaibao.expenses.corporation_id
}
