locals {
  user = auth.shop.ann.seat
}

auth "shop" "ann" {
  url      = "http://127.0.0.1:1"
  user     = auth.shop.bob.seat
  password = "opensesame"
}

auth "shop" "bob" {
  url      = "http://127.0.0.1:1"
  user     = local.user
  password = "opensesame"
}
