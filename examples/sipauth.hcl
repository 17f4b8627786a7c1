# The SIP platform: an appid and an accesskey give a token of 12 hours. See plugins/sipauth/README.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "sipauth" "calls" {
  base_url  = "${var.sim}/sipauth" # requests go to this address as it is
  appid     = "demo"
  accesskey = env("SIP_ACCESSKEY", "demo-accesskey")

  # How the form is sent. The vendor documents the default, "multipart".
  # encoding = "urlencoded"
}

output "company" {
  value = "${auth.sipauth.calls.companyname} (${auth.sipauth.calls.companycode})"
}

# For the form field `token` of later calls.
output "token" {
  value     = auth.sipauth.calls.token
  sensitive = true
}
