# Secrets that stand in no flow, no environment and no list of processes:
#
#   pass show pbx | authrun apply examples/secret_files.hcl --var-from pbx_password=-
#   authrun apply examples/secret_files.hcl --var-from pbx_password=/run/secrets/pbx

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

variable "pbx_password" {
  type      = string
  sensitive = true
  default   = "demo-pbx-password" # the simulator's
}

auth "ippbx" "hq" {
  base_url = "${var.sim}/ippbx"
  username = "api"
  password = var.pbx_password
  port     = 8260
}

# A file that the flow names. One line end behind the secret is not part of it, and a file that others may read is a warning.
auth "sipauth" "calls" {
  base_url  = "${var.sim}/sipauth"
  appid     = "demo"
  accesskey = secret_file("folder/accesskey.txt")
}

output "pbx_dies" {
  value = auth.ippbx.hq.expires_at
}
