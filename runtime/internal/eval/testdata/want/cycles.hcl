auth "cloud" "a" { # want `Cycle: .*auth.cloud.a \(.*:1\) needs auth.pbx.b \(.*:6\), which needs local.c \(.*:12\)`
  client_id     = "a"
  client_secret = auth.pbx.b.token
}

auth "pbx" "b" {
  base_url = "http://pbx.example"
  password = local.c
}

locals {
  c = auth.cloud.a.token
}

auth "cloud" "self" { # want `Cycle: auth.cloud.self \(.*\) refers to itself`
  client_id     = "a"
  client_secret = auth.cloud.self.token
}

locals {
  one = local.two # want `Cycle: .*local.one .* needs local.two`
  two = local.one
}

auth "cloud" "many" { # want `Cycle: auth.cloud.many\["x"\] \(.*\) refers to itself`
  for_each      = toset(["x"])
  client_id     = "a"
  client_secret = auth.cloud.many[each.key].token
}

auth "cloud" "ordered" { # want `Cycle: .*auth.cloud.ordered .* needs auth.cloud.dependent`
  client_id     = "a"
  client_secret = "s"
  depends_on    = [auth.cloud.dependent]
}

auth "cloud" "dependent" {
  client_id     = auth.cloud.ordered.application
  client_secret = "s"
}
