variable "port" {
  type    = number
  default = 70000
}

variable "password" {
  default   = "opensesame"
  sensitive = true
}

auth "shop" "ann" {
  url      = "ftp://shop.example"
  user     = "ann"
  password = var.password
  port     = var.port + length(var.password)
  lifecycle {
    renew_before = "soon"
  }
}

auth "shop" "bob" {
  url      = "http://127.0.0.1:1"
  user     = tonumber(var.password)
  password = "opensesame-and-more" + 1
}

output "token" {
  value = "Bearer ${auth.shop.ann.token}"
}

output "very_long" {
  value = auth.shop.ann.seat + 1 > 100 ? "the line of this expression is much longer than the screen is wide" : var.nothing_of_that_name
}
