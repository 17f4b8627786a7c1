auth "pbx" "tighter" {
  base_url = "http://tighter.example"
  password = "p"
  limit "pace" {
    min_interval = "1m"
  }
  limit "lockout" {
    lockout {
      refusals = 3
      hold     = "1h"
    }
  }
}

auth "pbx" "looser" {
  base_url = "http://looser.example"
  password = "p"
  limit "pace" {
    min_interval = "10ms" # want `Invalid argument value: The argument "min_interval" must be at least 1s, as the plugin declares it`
  }
  limit "lockout" {
    lockout {
      refusals = 6 # want `Invalid argument value: The argument "refusals" must be at most 5, as the plugin declares it`
      hold     = "1h"
    }
  }
}

auth "pbx" "kinds" {
  base_url = "http://kinds.example"
  password = "p"
  limit "pace" { # want `Limit of another kind: The plugin declares the limit "pace"\. A flow makes it tighter with min_interval, and with nothing else`
    count = 3
  }
  limit "lockout" { # want `Limit of another kind: .*"lockout".* with a lockout block`
    scope = ["base_url"]
  }
  limit "daily" { # want `Unknown limit: The plugin has no limit "daily"\. It has "pace" and "lockout"`
    quota {
      count = 3
      per   = "day"
    }
  }
}

auth "cloud" "kinds" {
  client_id     = "a"
  client_secret = "s"
  limit "monthly" { # want `Limit of another kind: .*"monthly".* with count`
    quota {
      count = 3
      per   = "month"
    }
  }
}

auth "open" "right" {
  base_url = "http://right.example"
  account  = { id = "a" }
  limit "daily" {
    quota {
      count = 3
      per   = "day"
      zone  = "Asia/Shanghai"
    }
    scope  = ["base_url", "account.id"]
    counts = ["acquire", "renew"]
  }
  limit "rolling" {
    quota {
      count = 100
      per   = "24h"
    }
  }
  limit "pace" {
    min_interval = "1s"
  }
  limit "lockout" {
    lockout {
      refusals = 5
      hold     = "10m"
    }
  }
}

auth "open" "shape" {
  base_url = "http://shape.example"
  limit "Daily" { # want `Invalid name: "Daily" cannot name a limit`
    min_interval = "1s"
  }
  limit "monthly" { # want `Unknown limit: The plugin has no limit "monthly" that count could make tighter`
    count = 8
  }
  limit "none" { # want `Contradicting arguments: A limit is one of three`
  }
  limit "both" { # want `Contradicting arguments: A limit is one of three`
    min_interval = "1s"
    lockout {
      refusals = 5
      hold     = "10m"
    }
  }
  limit "half" {
    quota { # want `Missing required argument: The argument "per" is required`
      count = 3
    }
  }
  limit "twice" {
    quota {
      count = 3
      per   = "day"
    }
    quota { # want `Duplicate block: There may be only one quota block here`
      count = 3
      per   = "day"
    }
  }
}

auth "open" "values" {
  base_url = "http://values.example"
  limit "count" {
    quota {
      count = 0 # want `Invalid argument value: The argument "count" must be a whole number, 1 or more`
      per   = "day"
    }
  }
  limit "week" {
    quota {
      count = 1
      per   = "week" # want `Invalid argument value: The argument "per" must be "hour", "day" or "month" of the calendar, or a duration`
    }
  }
  limit "zone" {
    quota {
      count = 1
      per   = "day"
      zone  = "Mars/Olympus" # want `Invalid argument value: The argument "zone" must be a time zone by its IANA name`
    }
  }
  limit "nothing" {
    min_interval = "1s"
    scope        = [] # want `Invalid argument value: The argument "scope" must be a list of at least one argument`
  }
  limit "elsewhere" {
    min_interval = "1s"
    scope        = ["base_url", "accont"] # want `Invalid argument value: The argument "scope" must be a list of arguments.*"accont" is neither`
  }
  limit "member" {
    min_interval = "1s"
    scope        = ["base_url.host"] # want `Invalid argument value: .*"base_url.host" is neither`
  }
  limit "texts" {
    min_interval = "1s"
    scope        = [null] # want `Invalid argument value: The argument "scope" must be a list of strings`
  }
  limit "counts" {
    min_interval = "1s"
    counts       = ["revoke"] # want `Invalid argument value: .* operations that the plugin can do: "acquire" and "renew"; "revoke" is none`
  }
  limit "nobody" {
    min_interval = "1s"
    counts       = [] # want `Invalid argument value: The argument "counts" must be a list of at least one operation`
  }
  limit "refusals" {
    lockout {
      refusals = 0.5 # want `Invalid argument value: The argument "refusals" must be a whole number, 1 or more`
      hold     = "0s" # want `Invalid argument value: The argument "hold" must be a duration above zero`
    }
  }
}

auth "open" "members" {
  base_url = "http://members.example"
  account  = { id = "a" }
  limit "pace" {
    min_interval = "1s"
    scope        = ["base_url", "account.ID"] # want `Unknown scope: The limit "pace" is of "account.ID", but the argument "account" has no member`
  }
}

# One account and two sets of arguments: nobody minds where both say that the second token leaves the first alive.
auth "open" "one" {
  base_url = "http://same.example"
  secret   = "a"
  second   = "keeps"
}

auth "open" "two" {
  base_url = "http://same.example"
  secret   = "b"
  second   = "keeps"
}

auth "open" "three" {
  base_url = "http://rival.example"
  secret   = "a"
  second   = "kills"
}

auth "open" "four" { # want `Two configurations of one account`
  base_url = "http://rival.example"
  secret   = "b"
}

# An unknown vendor's limits are looked at as far as that goes.
auth "nowhere" "one" {
  limit "daily" {
    min_interval = var.nope # want `Undeclared variable`
  }
}
