variable "port" {
  default = 70000
}

auth "cloud" "missing" { # want `Missing argument: The argument "client_id" is required.* It is: Id of the client`
  client_secret = null # want `Missing argument: The argument "client_secret" is required, but its value is null`
}

auth "cloud" "names" {
  client_id     = "a"
  client_secret = "s"
  clientid      = "a"     # want `Unsupported argument: .*"clientid" in an auth block of cloud\. Did you mean "client_id"\? It takes base_url,`
  depend_on     = []      # want `Unsupported argument: .*"depend_on" in an auth block of cloud\. Did you mean "depends_on"\?`
  settings {              # want `Unsupported block type: .*"settings"`
  }
}

auth "cloud" "rules" {
  client_id     = ""               # want `Invalid argument value: The argument "client_id" must not be empty`
  client_secret = ["s"]            # want `Wrong argument type: The argument "client_secret" needs a string`
  port          = var.port         # want `Invalid argument value: The argument "port" must be a number from 1 to 65535, not 70000`
  ttl           = 1.5              # want `Invalid argument value: The argument "ttl" must be a whole number, not 1.5`
  unit          = "h"              # want `Invalid argument value: The argument "unit" must be "s" or "ms", not "h"`
  device        = "00:1A"          # want `Invalid argument value: The argument "device" has the wrong form: a MAC address goes without its colons`
  settle        = "soon"           # want `Invalid argument value: The argument "settle" must be a duration`
  old           = "x"              # want `Deprecated argument: The argument "old" is deprecated: use client_id`
  tags          = { a = ["b"] }    # want `Wrong argument type: The argument "tags" needs a map of string`
  code          = "1"
  code_hash     = "2"              # want `Contradicting arguments: Only one of "code" and "code_hash" may be set`
}

auth "cloud" "numbers" {
  client_id     = "a"
  client_secret = "s"
  ttl           = -1               # want `Invalid argument value: The argument "ttl" must be at least 0, not -1`
  port          = "many"           # want `Wrong argument type: The argument "port" needs a number`
}

auth "cloud" "huge" {
  client_id     = "a"
  client_secret = "s"
  ttl           = 1e300 * 1e300 # want `Number out of range`
}

auth "cloud" "scheme" {
  base_url      = "ftp://cloud.example"       # want `must be a URL that starts with http:// or https://, not "ftp://cloud.example"`
  client_id     = "a"
  client_secret = "s"
}

auth "cloud" "host" {
  base_url      = "https://"                  # want `must be a URL with a host`
  client_id     = "a"
  client_secret = "s"
}

auth "cloud" "user" {
  base_url      = "https://me:pw@cloud.example" # want `must be a URL without user name and password`
  client_id     = "a"
  client_secret = "s"
}

auth "cloud" "fragment" {
  base_url      = "https://cloud.example/#top" # want `must be a URL without a fragment`
  client_id     = "a"
  client_secret = "s"
}

auth "pbx" "none" { # want `Contradicting arguments: Exactly one of "password" and "password_md5" must be set, and none is`
  base_url    = "http://pbx.example"
  certificate = "c" # want `Contradicting arguments: "certificate" and "key" belong together; "key" is not set`
}

auth "pbx" "blocks" { # want `Wrong number of blocks: At most 2 "listener" blocks are allowed; there are 3`
  base_url = "http://pbx.example"
  password = "p"
  listener {
    port = 1
  }
  listener { # want `Missing argument: The argument "port"`
  }
  listener {
    port = 3
    prot = 4 # want `Unsupported argument: .*"prot" in this listener block\. Did you mean "port"`
  }
}

auth "cloud" "unicode" {
  client_id     = "a"
  client_secret = "pásswort" # want `Text changed by normalisation: The argument "client_secret"`
  code          = "e\u0301"   # want `Text changed by normalisation: The argument "code"`
}

auth "cloud" "fleeting" {
  client_id     = "a"
  client_secret = uuid()             # want `Value changes at each run: The argument "client_secret" is made with uuid\(\)`
  device        = local.stamp        # want `Value changes at each run: The argument "device" is made with timestamp\(\)`
}

locals {
  stamp = replace(timestamp(), "/[^0-9A-Za-z]/", "")
}

auth "cloud" "account" {
  client_id     = auth.pbx.ok.token # want `Account depends on a secret: .*"client_id".* auth.pbx.ok`
  client_secret = "s"
}

auth "pbx" "ok" {
  base_url = "http://pbx.example"
  password = "p"
}
