# Tokens, and whatever is made of them, are sensitive: they are hidden in all that is printed and logged. An output of one has to say that it
# knows.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "easemob" "im" {
  base_url      = "${var.sim}/easemob"
  org_name      = "easemob-demo"
  app_name      = "testapp"
  client_id     = "YXA6-demo-client"
  client_secret = "demo-client-secret"
}

# Not sensitive: apply prints it.
output "application" {
  value       = auth.easemob.im.application
  description = "UUID of the app."
}

# Without `sensitive = true` this is an error. apply prints "(sensitive)"; `authrun output FLOW authorization --raw` prints the value.
output "authorization" {
  value       = "Bearer ${auth.easemob.im.token}"
  description = "Header for calls of the REST interface."
  sensitive   = true
}

# What gives nothing away can be shown: a hash, to see whether two machines hold the same token.
output "token_hash" {
  value = nonsensitive(sha256(auth.easemob.im.token))
}
