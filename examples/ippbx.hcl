# An IPPBX (OpenVox UC; Yeastar's S-series answers to api_version v1.1.0). See plugins/ippbx/README.md.
#
# Five wrong passwords in a row lock this host out for ten minutes, for every application on it. authrun never sends a refused password again.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "ippbx" "hq" {
  base_url = "${var.sim}/ippbx"
  username = "api"
  password = env("PBX_PASSWORD", "demo-pbx-password") # or password_md5, for who keeps only that
  port     = 8260                                     # where this application listens for event reports
  ipaddr   = "127.0.0.1"                              # with it, heartbeats keep the token alive; it dies after 30 idle minutes

  # Requests and answers in XML instead of JSON:
  # format = "xml"

  # Where the PBX sends its reports, if not to this host's address and port; 1 says that it is a whole address:
  # url    = "172.16.6.150:8260/report"
  # urltag = 1
}

output "token" {
  value     = auth.ippbx.hq.token
  sensitive = true
}
