# Easemob as plugins/easemob knows it, described.

variable "sim" {
  type = string
}

auth "http" "it" {
  base_url = "${var.sim}/easemob"
  account = {
    org_name  = "easemob-demo"
    app_name  = "testapp"
    client_id = "YXA6-demo-client"
  }
  secrets = { client_secret = "demo-client-secret" }
  values  = { ttl = "1024000" }
  second  = "keeps"

  acquire {
    path    = "/{org_name}/{app_name}/token"
    headers = { Accept = "application/json" }
    json = jsonencode({
      grant_type    = "client_credentials"
      client_id     = "{client_id}"
      client_secret = "{client_secret}"
      ttl           = "{ttl|number}"
    })
    message = "/error_description"
    success {
      status = [200]
    }
    failure {
      status = [400]
      at     = "/error"
      one_of = ["invalid_grant"]
      class  = "invalid_credentials"
    }
    failure {
      status = [401]
      class  = "invalid_credentials"
    }
    failure {
      status = [429]
      at     = "/error"
      one_of = ["resource_limited"]
      class  = "quota_exhausted"
    }
    credential {
      token_at    = "/access_token"
      lifetime_at = "/expires_in"
      life        = "forever"
      attributes = {
        application = "/application"
      }
    }
  }
  dead {
    status = 401
  }
  limit "pace" {
    min_interval = "1s"
    scope        = ["account.client_id"]
  }
}

output "token" {
  value     = auth.http.it.token
  sensitive = true
}

output "said" {
  value = auth.http.it.attributes["application"]
}
