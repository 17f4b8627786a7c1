# Lingju as plugins/lingju knows it, described.

variable "sim" {
  type = string
}

auth "http" "it" {
  base_url        = "${var.sim}/lingju"
  account_secrets = { appkey = "demo-lingju-appkey" }
  account         = { userid = "001A2B3C4D5E" }

  acquire {
    path = "/httpapi/authorize.do"
    form = {
      appkey = "{appkey}"
      userid = "{userid}"
    }
    message = "/description"
    success {
      at     = "/status"
      one_of = ["0"]
    }
    failure {
      at     = "/status"
      one_of = ["6", "4", "11", "13", "43", "44", "114", "120", "129"]
      class  = "invalid_credentials"
    }
    failure {
      at     = "/status"
      one_of = ["8", "111", "2*"]
      class  = "invalid_request"
    }
    failure {
      at     = "/status"
      one_of = ["40"]
      class  = "rate_limited"
    }
    failure {
      at     = "/status"
      one_of = ["41", "121"]
      class  = "quota_exhausted"
    }
    failure {
      at     = "/status"
      one_of = ["122", "19", "99"]
      class  = "token_dead"
    }
    failure {
      at     = "/status"
      one_of = ["-1", "1", "14", "124"]
      class  = "unavailable"
    }
    credential {
      token_at      = "/data/accessToken"
      lifetime_at   = "/data/expires"
      lifetime_unit = "d"
      max_life      = "30d"
      life          = "30d"
    }
  }
  use {
    in   = "json"
    name = "/accessToken"
  }
  dead {
    pointer = "/status"
    one_of  = ["122", "19", "99"]
  }
  limit "monthly" {
    quota {
      count = 10
      per   = "month"
      zone  = "Asia/Shanghai"
    }
    scope = ["account_secrets", "account"]
  }
}

output "token" {
  value     = auth.http.it.token
  sensitive = true
}
