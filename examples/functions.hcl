# Values that are made: functions, templates, for expressions. docs/functions.md lists all functions.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

locals {
  apps = yamldecode(<<-EOT
    - org: easemob-demo
      name: testapp
  EOT
  )
  by_name = { for app in local.apps : app.name => app }
}

auth "easemob" "im" {
  for_each = local.by_name

  base_url      = "${var.sim}/easemob"
  org_name      = each.value.org
  app_name      = each.key
  client_id     = "YXA6-demo-client"
  client_secret = env("EASEMOB_SECRET", "demo-client-secret")
}

output "apps" {
  value = join(", ", [for name, app in local.by_name : upper("${app.org}/${name}")])
}
