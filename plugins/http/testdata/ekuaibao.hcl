# Ekuaibao as plugins/ekuaibao knows it, described.

variable "sim" {
  type = string
}

auth "http" "it" {
  base_url = "${var.sim}/ekuaibao"
  account  = { app_key = "demo-app-key" }
  secrets  = { app_security = "demo-app-security" }
  passing  = { power_code = "219904" }

  acquire {
    path = "/api/openapi/v1/auth/getAccessToken"
    json = jsonencode({
      appKey      = "{app_key}"
      appSecurity = "{app_security}"
    })
    failure {
      status = [403]
      class  = "invalid_credentials"
    }
    credential {
      token_at         = "/value/accessToken"
      expires_at       = "/value/expireTime"
      expires_format   = "unix_ms"
      life             = "2h"
      refresh_token_at = "/value/refreshToken"
      attributes = {
        corporation_id = "/value/corporationId"
      }
    }
  }
  renew {
    path = "/api/openapi/v2/auth/refreshToken"
    query = {
      accessToken  = "{token}"
      refreshToken = "{refresh_token}"
      powerCode    = "{power_code}"
    }
    order = ["accessToken", "refreshToken", "powerCode"]
    failure {
      status = [403]
      class  = "token_dead"
    }
  }
  use {
    in   = "query"
    name = "accessToken"
  }
  dead {
    status = 403
  }
}

output "token" {
  value     = auth.http.it.token
  sensitive = true
}

output "said" {
  value = auth.http.it.attributes["corporation_id"]
}
