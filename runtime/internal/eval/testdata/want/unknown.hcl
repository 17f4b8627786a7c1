# Names that are none: every one is told with the nearest there is, and with all there are, in whatever block it stands.

atuh "cloud" "x" { # want `Unsupported block type: There is no block "atuh" in a flow\. Did you mean "auth"\? It takes authrun, variable, locals, auth and output\.`
}

resource "aws_instance" "x" { # want `Unsupported block type: There is no block "resource" in a flow\. It takes authrun`
}

region = "a1" # want `Unsupported argument: There is no block "region" in a flow\. It takes authrun`

locals = { # want `Unsupported argument: "locals" is a block, not an argument: write it without an equals sign, locals \{ \.\.\. \}`
}

authrun {
  stor = "x" # want `Unsupported argument: There is no argument or block "stor" in the authrun block\. Did you mean "store"\?`
  retyr { # want `Unsupported block type: There is no argument or block "retyr" in the authrun block\. Did you mean "retry"\?`
  }
  store { # want `Unsupported block type: "store" is an argument, not a block: write it with an equals sign, store = \.\.\.`
  }
  required_plugins {
    cloud { # want `Unsupported block type: There are no blocks in a required_plugins block, only names with values\. .*cloud = \{ \.\.\. \}`
    }
  }
}

variable "v" {
  default  = 1
  senstive = true # want `Unsupported argument: There is no argument or block "senstive" in a variable block\. Did you mean "sensitive"\? It takes type, default`
  validation {
    condition     = var.v > 0
    error_mesage  = "no" # want `Unsupported argument: There is no argument or block "error_mesage" in a validation block\. Did you mean "error_message"\?`
    error_message = "no"
  }
}

locals {
  inner { # want `Unsupported block type: There are no blocks in a locals block, only names with values\.`
  }
}

auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
  lifecycle = {} # want `Unsupported argument: "lifecycle" is a block, not an argument`
  for_each { # want `Unsupported block type: "for_each" is an argument, not a block`
  }
  client { # want `Unsupported block type: There is no argument or block "client" in an auth block of cloud\.`
  }
  ttl { # want `Unsupported block type: "ttl" is an argument, not a block`
  }
}

auth "cloud" "tuned" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    ignore_changes = [] # want `Unsupported argument: There is no argument or block "ignore_changes" in a lifecycle block\. It takes renew_before, precondition and postcondition\.`
    precondtion { # want `Unsupported block type: There is no argument or block "precondtion" in a lifecycle block\. Did you mean "precondition"\?`
    }
    postcondition {
      condition = self.token != ""
      message   = "no" # want `Unsupported argument: .* in a postcondition block\.`
      error_message = "no"
    }
  }
  retry {
    atempts = 2 # want `Unsupported argument: .* in a retry block\. Did you mean "attempts"\?`
  }
  network {
    time_out = "1s" # want `Unsupported argument: .* in a network block\. Did you mean "timeout"\?`
  }
  limit "monthly" {
    cuont = 1 # want `Unsupported argument: .* in a limit block\. Did you mean "count"\?`
    count = 2
  }
}

auth "pbx" "hq" {
  base_url = "http://pbx.example"
  password = "p"
  listner { # want `Unsupported block type: .*"listner" in an auth block of pbx\. Did you mean "listener"\?`
  }
  listener {
    port    = 1
    timeout = "1s" # want `Unsupported argument: There is no argument or block "timeout" in this listener block\. It takes port and pin\.`
  }
  dynamic "listner" { # want `Unsupported block type: .*"listner" in an auth block of pbx\. Did you mean "listener"\?`
    for_each = [1]
    content {
    }
  }
}

output "o" {
  value   = 1
  senstive = true # want `Unsupported argument: .* in an output block\. Did you mean "sensitive"\?`
}
