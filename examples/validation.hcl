# What a variable must be: its type, and conditions in words for whoever sets it. All is checked before anything is called.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

variable "port" {
  type    = number
  default = 8260

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "port is the number of a TCP port; ${var.port} is none."
  }
}

variable "site" {
  type = object({
    name     = string
    username = optional(string, "api")
    tags     = optional(map(string), {})
  })
  default = {
    name = "hq"
  }
  nullable = false

  validation {
    condition     = can(regex("^[a-z]+$", var.site.name))
    error_message = "The name of a site holds lower-case letters only."
  }
}

auth "ippbx" "site" {
  base_url = "${var.sim}/ippbx"
  username = var.site.username
  password = "demo-pbx-password"
  port     = var.port
}

output "site" {
  value = "${var.site.name}: ${var.site.username}, ${length(var.site.tags)} tags"
}
