# How often one run tries, and how long it waits between. Only what can pass is tried again (no answer, 5xx, "too fast"); a wrong password
# never is. Where a vendor has a small quota, such as lingju's ten calls a month, one try is the default.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

authrun {
  retry {
    attempts = 2 # for all auth blocks
  }
}

auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao"
  app_key      = "demo-app-key"
  app_security = "demo-app-security"

  retry {
    attempts  = 6 # tries in all
    min_delay = "200ms"
    max_delay = "5s"
  }
}

output "dies" {
  value = auth.ekuaibao.expenses.expires_at
}
