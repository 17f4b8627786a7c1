# in: version 0.1.0+dev
# What is too much for any program, and what cannot be used as it is.

authrun {
  required_version = ">= 0.2" # want `Unsuitable version of authrun: The flow requires authrun >= 0\.2, and this is 0\.1\.0\+dev`
  key_file         = ["a"]    # want `Wrong value type: The argument "key_file" does not fit: string required, but have tuple`
}

locals {
  large = 1e300 * 1e300 # want `Value too large: The local value "large" holds a number too large for any program`
}

auth "cloud" "exposed" {
  client_id     = "a"
  client_secret = secret_file("variablefile.hcl") # want `Secret file readable by others: Other users of this machine may read`
}

output "infinite" {
  value = 1e300 * 1e300 # want `Value cannot be put out: This value has no JSON form`
}
