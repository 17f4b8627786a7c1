auth "shop" "ann" {
  url      = "http://127.0.0.1:1"
  user     = "ann
  password = "opensesame"
}
