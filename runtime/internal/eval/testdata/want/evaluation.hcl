variable "secret" {
  default   = "s3cret-value"
  sensitive = true
}

auth "cloud" "env" {
  client_id     = env("NOT_THERE") # want `Invalid function argument: .*the environment variable NOT_THERE is not set; set it, or give a default`
  client_secret = tonumber(var.secret) # want `the call failed \(details hidden: the argument is sensitive\)`
  code          = secret_file("no-such-file") # want `there is no file`
}

auth "cloud" "types" {
  client_id     = "a" + 1          # want `Invalid operand`
  client_secret = base64decode("#") # want `not Base64`
  tags          = { for s in [var.secret, var.secret] : s => "x" } # want `Duplicate object key: .*not shown here`
}

auth "cloud" "functions" {
  client_id     = uper("a") # want `Call to unknown function: .*uper.*`
  client_secret = file("missing.txt") # want `there is no file`
}

locals {
  failed = parseint("zz", 10) # want `Invalid function argument: .*cannot parse`
}

auth "cloud" "local" {
  client_id     = local.failed
  client_secret = "s"
}
