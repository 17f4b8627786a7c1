# A vendor that has no plugin, described: what to ask, what the answer means, what it tolerates. See plugins/http/README.md.
# (It has one: this is Lingju, which examples/lingju.hcl uses.)

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

auth "http" "robot" {
  base_url        = "${var.sim}/lingju"
  account         = { userid = "001A2B3C4D5F" } # what tells which account this is; {userid} stands for it in the requests
  account_secrets = { appkey = env("LINGJU_APPKEY", "demo-lingju-appkey") }

  acquire {
    path = "/httpapi/authorize.do"
    form = {
      appkey = "{appkey}"
      userid = "{userid}"
    }

    # HTTP 200 comes with refusals, too: the status stands in the body.
    success {
      at     = "/status"
      one_of = ["0"]
    }
    message = "/description"
    failure {
      at     = "/status"
      one_of = ["6", "11", "13"]
      class  = "invalid_credentials"
    }
    failure {
      at     = "/status"
      one_of = ["41", "121"]
      class  = "quota_exhausted"
    }
    failure {
      at     = "/status"
      one_of = ["1", "14", "124"]
      class  = "unavailable"
    }

    credential {
      token_at      = "/data/accessToken"
      lifetime_at   = "/data/expires"
      lifetime_unit = "d"
      max_life      = "30d"
      attributes    = { updated = "/data/update" }
    }
  }

  # Ten calls in a calendar month, as the vendor counts it. The eleventh is not sent.
  limit "monthly" {
    quota {
      count = 10
      per   = "month"
      zone  = "Asia/Shanghai"
    }
  }
}

output "dies" {
  value = auth.http.robot.expires_at
}

output "token" {
  value     = auth.http.robot.token
  sensitive = true
}
