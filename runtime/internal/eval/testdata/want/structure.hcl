authrun {
  required_version = "soon" # want `Invalid version constraint: "soon" is no version constraint`
  stroe            = "x"    # want `Unsupported argument: .*Did you mean "store"\?`
  required_plugins {
    cloud = "~> 0.1"               # want `Invalid plugin requirement: .*cloud = \{ version`
    pbx   = { sauce = "x" }        # want `Invalid plugin requirement: .*no part "sauce"`
    other = { version = 1 }        # want `Invalid plugin requirement: The version of a plugin is a string`
  }
}

authrun { # want `Duplicate block: There may be only one authrun block; the first is at .*structure.hcl:1`
}

vriable "x" { # want `Unsupported block type: .*Did you mean "variable"\?`
}

variable "twice" {
  default = 1
}

variable "twice" { # want `Duplicate name: There is already a variable "twice", at .*structure.hcl:17`
  default = 2
}

variable "9lives" { # want `Invalid name: "9lives" cannot name a variable`
  default = 1
}

variable "flags" {
  default   = 1
  sensitive = var.twice  # want `Constant needed: The argument "sensitive"`
  type      = strng      # want `Invalid type specification`
  nullable  = "maybe"    # want `Unsuitable value type`
}

variable "constant" {
  default = 1
  validation {
    condition     = true # want `Constant condition: The condition of a validation`
    error_message = "no"
  }
  validation { # want `Missing required argument: The argument "condition" is required`
    error_message = "no"
  }
}

locals {
  a = 1
}

locals {
  a = 2 # want `Duplicate name: There is already a local "a"`
}

auth "cloud" { # want `Missing name for auth`
}

auth "Cloud" "x" { # want `Invalid vendor name: "Cloud" names no vendor`
}

auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
  enabled       = true # want `Reserved name: "enabled" is kept for a later version`
  check { # want `Reserved name: "check"`
  }
  lifecycle {
    renew_befor = "1d" # want `Unsupported argument: .*Did you mean "renew_before"\?`
  }
  lifecycle { # want `Duplicate block: There may be only one lifecycle block here`
  }
  network { # want `Incomplete client certificate`
    cert_file = "c.pem" 
    insecure  = true # want `Unsupported argument`
  }
  limit "monthly" {
    count = 1
  }
  limit "monthly" { # want `Duplicate block: There is already a limit "monthly" in this block`
    count = 2
  }
  depends_on = ["auth.pbx.hq", auth.pbx.hq.token] # want `Invalid dependency: depends_on lists addresses` `Invalid dependency`
}

auth "cloud" "cert" {
  client_id     = "a"
  client_secret = "s"
  network { # want `Incomplete client certificate: A client certificate needs both`
    key_file = "k.pem"
  }
}

auth "cloud" "im" { # want `Duplicate name: There is already a block auth "cloud" "im", at .*structure.hcl:61`
}

auth "cloud" "both" {
  for_each      = {}
  count         = 1 # want `Contradicting arguments: An auth block has for_each or count, not both`
  client_id     = "a"
  client_secret = "s"
}

output "o" { # want `Missing required argument: The argument "value"`
}

output "mode" {
  value     = 1
  file_mode = "0600" # want `Misplaced argument: file_mode says how the output's file is made`
}
