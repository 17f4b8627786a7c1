variable "sim" {
  type = string
}

auth "easemob" "im" {
  base_url      = "${var.sim}/easemob" # the REST address of the app's cluster, such as https://a1.easemob.com
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "YXA6-demo-client"
  client_secret = env("EASEMOB_SECRET", "demo-client-secret")
}
