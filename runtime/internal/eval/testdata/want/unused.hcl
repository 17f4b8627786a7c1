# What nothing refers to is warned of, where nothing else is wrong.

authrun {
  required_plugins {
    pbx = { version = ">= 0.1" } # want `Unused plugin: The flow requires a version of the plugin pbx, but has no auth block`
  }
}

variable "used" {
  default = 1
}

variable "checks_itself_only" { # want `Unused variable: Nothing in the flow refers to var.checks_itself_only`
  default = 1
  validation {
    condition     = var.checks_itself_only > 0
    error_message = "It must be positive."
  }
}

locals {
  used   = var.used
  unused = local.used # want `Unused local: Nothing in the flow refers to local.unused`
}

output "used" {
  value = local.used
}
