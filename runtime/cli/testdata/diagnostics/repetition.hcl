variable "users" {
  default   = { ann = "opensesame" }
  sensitive = true
}

auth "shop" "secret" {
  for_each = var.users
  url      = "http://127.0.0.1:1"
  user     = each.key
  password = each.value
}

auth "shop" "list" {
  for_each = ["ann", "bob"]
  url      = "http://127.0.0.1:1"
  user     = each.key
  password = "opensesame"
}

auth "shop" "fine" {
  for_each = toset(["ann", "bob"])
  url      = "http://127.0.0.1:1"
  user     = each.key
  port     = each.key == "ann" ? 0 : 80
  password = "opensesame"
}

output "seat" {
  value = auth.shop.fine["an"].seat
}

output "seats" {
  value = auth.shop.fine.seat
}
