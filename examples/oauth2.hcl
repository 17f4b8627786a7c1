# A token of any OAuth 2.0 server, by client credentials. See plugins/oauth2/README.md.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "oauth2" "api" {
  issuer        = "${var.sim}/oauth2" # its metadata tells the rest; without metadata: token_url
  client_id     = "demo-client"
  client_secret = env("API_SECRET", "demo-oauth2-secret")
  scopes        = ["read"]

  # A signed assertion instead of the secret:
  # auth_method = "private_key_jwt"
  # private_key = secret_file("client-key.pem")

  # The server lets a client ask sixty times in an hour. The plugin cannot know that, so the flow says it.
  limit "hourly" {
    quota {
      count = 60
      per   = "hour"
    }
  }
}

output "scope" {
  value = auth.oauth2.api.scope
}

# For the header `Authorization: Bearer` of later calls.
output "token" {
  value     = auth.oauth2.api.token
  sensitive = true
}
