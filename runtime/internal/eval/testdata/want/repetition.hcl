variable "secrets" {
  default   = { a = "1" }
  sensitive = true
}

auth "cloud" "list" {
  for_each      = ["a", "b"] # want `Invalid for_each: .*this is a list\. Write toset`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "text" {
  for_each      = "a" # want `Invalid for_each: .*this is string`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "secret" {
  for_each      = var.secrets # want `Invalid for_each: for_each is sensitive, but its keys become part of addresses`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "auth" {
  for_each      = toset([auth.cloud.fine.application]) # want `Depends on a credential: .*refers to auth.cloud.fine`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "numbers" {
  for_each      = toset([1, 2]) # want `Invalid for_each: .*set of number`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "null" {
  for_each      = null # want `Invalid for_each: for_each is null`
  client_id     = each.key
  client_secret = "s"
}

auth "cloud" "half" {
  count         = 1.5 # want `Invalid count: count needs a whole number from 0 to`
  client_id     = "a${count.index}"
  client_secret = "s"
}

auth "cloud" "word" {
  count         = "many" # want `Invalid count: count needs a whole number`
  client_id     = "a${count.index}"
  client_secret = "s"
}

auth "cloud" "behind" {
  count         = local.number # want `Depends on a credential: .*local.number, which depends on an auth block`
  client_id     = "a${count.index}"
  client_secret = "s"
}

locals {
  number = auth.cloud.fine.expires_in
}

auth "cloud" "fine" {
  client_id     = "a"
  client_secret = "s"
}

auth "pbx" "dynamic" {
  base_url = "http://pbx.example"
  password = "p"
  dynamic "listener" {
    for_each = [1, 2]
    content {
      port = listener.value
    }
  }
}
