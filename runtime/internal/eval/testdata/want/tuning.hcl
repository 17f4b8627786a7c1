authrun {
  retry {
    attempts = 0 # want `Invalid argument value: The argument "attempts" must be a whole number from 1 to 100`
  }
  network {
    proxy = "127.0.0.1:3128" # want `Invalid argument value: The argument "proxy" must be "none", or a URL`
  }
  required_plugins {
    cloud = { version = "~> 2.0" } # want `Unsuitable version of a plugin: The flow requires the plugin cloud ~> 2.0, and the one that was found is "0.1.0"`
  }
  store = auth.cloud.im.application # want `Depends on a credential`
}

auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    renew_before = "120%" # want `Invalid argument value: The argument "renew_before" must be a duration such as`
    precondition {
      condition     = self.token != "" # want `Misplaced reference: There is no "self" here`
      error_message = "no"
    }
    postcondition {
      condition     = self.tokn != ""
      error_message = var.nope # want `Undeclared variable`
    }
  }
  retry {
    min_delay = "1m" 
    max_delay = "-1s" # want `Invalid argument value: The argument "max_delay" must be a duration above zero`
  }
  network {
    timeout    = "soon" # want `Invalid argument value: The argument "timeout"`
    pin_sha256 = "abc"  # want `Invalid argument value: The argument "pin_sha256" must be the SHA-256 of a certificate`
    proxy      = "none"
  }
  limit "monthly" {
    count = -1 # want `Invalid argument value: The argument "count" must be a whole number, 0 or more`
  }
  limit "month" { # want `Unknown limit: The plugin has no limit "month"\. Did you mean "monthly"\? It has "monthly"`
    count = 1
  }
}

auth "cloud" "delays" {
  client_id     = "a"
  client_secret = "s"
  retry { # want `Contradicting arguments: min_delay \(1m0s\) is longer than max_delay \(10s\)`
    min_delay = "1m"
  }
}

auth "cloud" "loose" {
  client_id     = "a"
  client_secret = "s"
  limit "monthly" {
    count = 11 # want `Invalid argument value: The argument "count" must be at most 10, as the plugin declares it`
  }
}

auth "pbx" "one" {
  base_url = "http://pbx.example/"
  password = "p1"
}

auth "pbx" "same" {
  base_url = "http://PBX.example"
  password = "p1"
}

auth "pbx" "other" { # want `Two configurations of one account: auth.pbx.one \(.*\) and auth.pbx.other have the same account at pbx`
  base_url = "http://pbx.example:80"
  password = "p2"
}

auth "cloud" "kept" {
  client_id     = "a"
  client_secret = "other"
}
