# What has to hold, said where it matters, in words for whoever runs into it.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"

  validation {
    condition     = startswith(var.sim, "http")
    error_message = "sim is the address of the simulator, such as http://127.0.0.1:18080."
  }
}

variable "company" {
  type    = string
  default = "34A73EyI8A0w00"
}

auth "ekuaibao" "expenses" {
  base_url     = "${var.sim}/ekuaibao"
  app_key      = "demo-app-key"
  app_security = "demo-app-security"

  lifecycle {
    # Before any call.
    precondition {
      condition     = var.company != ""
      error_message = "Set company to the id of the company whose expenses you mean."
    }
    # After it. The token is kept and not fetched again; the condition is checked again next time.
    postcondition {
      condition     = self.corporation_id == var.company
      error_message = "The token belongs to company ${self.corporation_id}, not to ${var.company}."
    }
  }
}

output "company" {
  value = auth.ekuaibao.expenses.corporation_id

  precondition {
    condition     = length(auth.ekuaibao.expenses.corporation_id) > 0
    error_message = "The vendor did not say whose token it is."
  }
}
