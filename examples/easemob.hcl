# Easemob (环信): an app token for the REST interface. See plugins/easemob/README.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "easemob" "im" {
  base_url      = "${var.sim}/easemob" # the REST address of the app's cluster, such as https://a1.easemob.com
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "YXA6-demo-client"
  client_secret = env("EASEMOB_SECRET", "demo-client-secret")
  ttl           = 604800 # a week in seconds; 0 never expires; left out: as the console says

  lifecycle {
    renew_before = "1d" # a new one is fetched in the last day; the old one lives on beside it
  }
}

output "application" {
  value = auth.easemob.im.application
}

output "authorization" {
  value     = "Bearer ${auth.easemob.im.token}"
  sensitive = true
}
