# SIP auth as plugins/sipauth knows it, described.

variable "sim" {
  type = string
}

auth "http" "it" {
  base_url = "${var.sim}/sipauth"
  account  = { appid = "demo" }
  secrets  = { accesskey = "demo-accesskey" }

  acquire {
    multipart = {
      service   = "App.Sip_Auth.Login"
      appid     = "{appid}"
      accesskey = "{accesskey}"
    }
    message = "/data/desc"
    success {
      at     = "/ret"
      one_of = ["200"]
    }
    success {
      at     = "/data/status"
      one_of = ["0"]
    }
    failure {
      at     = "/ret"
      one_of = ["600"]
      class  = "token_dead"
    }
    failure {
      at     = "/ret"
      one_of = ["601", "602", "603", "604"]
      class  = "invalid_credentials"
    }
    failure {
      at     = "/ret"
      one_of = ["4*"]
      class  = "invalid_request"
    }
    failure {
      at     = "/ret"
      one_of = ["5*"]
      class  = "unavailable"
    }
    failure {
      at     = "/data/errors/code"
      one_of = ["1001", "1002"]
      class  = "unavailable"
    }
    failure {
      at     = "/data/status"
      one_of = ["1"]
      class  = "invalid_credentials"
    }
    credential {
      token_at = "/data/result/token"
      life     = "12h"
      attributes = {
        companycode = "/data/result/companycode"
        companyname = "/data/result/companyname"
      }
    }
  }
  revoke {
    form = {
      service = "App.Sip_Auth.Logout"
      token   = "{token}"
    }
    success {
      at     = "/data/status"
      one_of = ["0"]
    }
    failure {
      at     = "/ret"
      one_of = ["600"]
      class  = "token_dead"
    }
    failure {
      at     = "/data/errors/code"
      one_of = ["1010"]
      class  = "token_dead"
    }
  }
  use {
    in   = "form"
    name = "token"
  }
  dead {
    status  = 200
    pointer = "/ret"
    one_of  = ["600"]
  }
  dead {
    status  = 200
    pointer = "/data/errors/code"
    one_of  = ["1010"]
  }
}

output "token" {
  value     = auth.http.it.token
  sensitive = true
}

output "said" {
  value = auth.http.it.attributes["companyname"]
}
