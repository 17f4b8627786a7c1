# A vendor that has no plugin and wants its requests signed: headers carry the time, a nonce and an HMAC over the body.
# See plugins/http/README.md. (The simulator's OAuth 2.0 server looks at none of these, so that this runs.)

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "http" "orders" {
  base_url = "${var.sim}/oauth2"
  account  = { client = "demo-client" }
  secrets  = { secret = env("ORDERS_SECRET", "demo-oauth2-secret") }
  second   = "keeps" # a second token leaves the first alive

  # {sign} is one more placeholder. {body} is the body as it is sent.
  compute {
    name = "sign"
    from = "{client}\n{now:unix_ms}\n{nonce}\n{body|sha256}"
    by   = "hmac_sha256"
    key  = "{secret}"
    as   = "base64"
  }

  acquire {
    path = "/token"
    headers = {
      X-Timestamp = "{now:unix_ms}"
      X-Nonce     = "{nonce}"
      X-Sign      = "{sign}"
    }
    form = {
      grant_type    = "client_credentials"
      client_id     = "{client}"
      client_secret = "{secret}"
    }
    message = "/error_description"
    failure {
      at     = "/error"
      one_of = ["invalid_client"]
      class  = "invalid_credentials"
    }
    credential {
      token_at    = "/access_token"
      lifetime_at = "/expires_in"
    }
  }

  # The token ends when it is revoked.
  revoke {
    path = "/revoke"
    form = {
      token         = "{token}"
      client_id     = "{client}"
      client_secret = "{secret}"
    }
    answer = "text" # it is empty
  }

  dead {
    status = 401
  }
}

output "token" {
  value     = auth.http.orders.token
  sensitive = true
}
