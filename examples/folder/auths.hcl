auth "sipauth" "calls" {
  base_url  = "${var.sim}/sipauth"
  appid     = "demo"
  accesskey = secret_file("accesskey.txt") # beside this file
}
