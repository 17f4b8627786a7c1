# Where values come from. In rising order of force: the default, AUTHRUN_VAR_<name>, *.auto.hclvars beside the flow, --var-file, --var.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

variable "app" {
  type = object({
    org  = string
    name = string
    ttl  = optional(number, 86400)
  })
  default = {
    org  = "easemob-demo"
    name = "testapp"
  }
  description = "The app, as its console shows it."
}

variable "client_secret" {
  type        = string
  default     = "demo-client-secret"
  sensitive   = true
  nullable    = false
  description = "Never printed, whatever happens to it below."
}

locals {
  label = upper("${var.app.org}/${var.app.name}")
}

auth "easemob" "im" {
  base_url      = "${var.sim}/easemob"
  org_name      = var.app.org
  app_name      = var.app.name
  client_id     = "YXA6-demo-client"
  client_secret = var.client_secret # or env("EASEMOB_SECRET"), or secret_file("/run/secrets/easemob")
  ttl           = var.app.ttl
}

output "app" {
  value = local.label
}

output "dies" {
  value = auth.easemob.im.expires_at
}
