authrun {
  stor = "x.db"
}

varible "port" {
}

auth "shop" "ann" {
  url      = "http://127.0.0.1:1"
  user     = "ann"
  pasword  = "opensesame"
  password = "opensesame"
  retry {
    atempts = 3
  }
}

auth "shp" "bob" {
}

output "seat" {
  value = auth.shop.ann.seet
}

output "other" {
  value = "${auth.shop.anne.seat} ${var.prt} ${local.x} ${region}"
}
