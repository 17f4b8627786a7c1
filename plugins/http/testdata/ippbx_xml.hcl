# An IPPBX as plugins/ippbx knows it, described, in XML.

variable "sim" {
  type = string
}

auth "http" "it" {
  base_url = "${var.sim}/ippbx"
  account  = { username = "api" }
  secrets  = { password = env("PBX_PASSWORD") }
  values   = { ipaddr = "127.0.0.1", port = 8260 }
  sliding  = true

  acquire {
    path   = "/api/v0.0.1/login"
    query  = { type = "xml" }
    xml    = "<xml><username>{username}</username><password>{password|md5}</password><port>{port}</port></xml>"
    answer = "xml"
    success {
      at     = "/status"
      one_of = ["Success"]
    }
    failure {
      at     = "/errno"
      one_of = ["30003", "20003", "20015"]
      class  = "invalid_credentials"
    }
    failure {
      at          = "/errno"
      one_of      = ["20002"]
      class       = "locked_out"
      retry_after = "10m"
    }
    failure {
      at     = "/errno"
      one_of = ["20004", "20005", "20006"]
      class  = "token_dead"
    }
    failure {
      at     = "/errno"
      one_of = ["10002", "10003", "10004", "20000", "20001", "20007", "20008", "20009"]
      class  = "invalid_request"
    }
    credential {
      token_at = "/token"
      life     = "30m"
    }
  }
  renew {
    path  = "/api/v0.0.1/heartbeat"
    query = { type = "xml", token = "{token}" }
    xml   = "<xml><ipaddr>{ipaddr}</ipaddr><port>{port}</port></xml>"
    keeps = true
  }
  revoke {
    path   = "/api/v0.0.1/logout"
    query  = { token = "{token}" }
    answer = "json" # it is asked without a type
    success {
      at     = "/status"
      one_of = ["Success"]
    }
    failure {
      at     = "/errno"
      one_of = ["20004", "20005", "20006"]
      class  = "token_dead"
    }
  }
  use {
    in   = "query"
    name = "token"
  }
  dead {
    status  = 200
    pointer = "/errno"
    one_of  = ["20004", "20005", "20006"]
  }
  limit "lockout" {
    lockout {
      refusals = 5
      hold     = "10m"
    }
    scope = ["base_url"]
  }
}

output "token" {
  value     = auth.http.it.token
  sensitive = true
}
