auth "cloud" "im" {
  client_id     = "a"
  client_secret = "s"
}

variable "secret" {
  default   = "s3cret-value"
  sensitive = true
}

output "token" {
  value = auth.cloud.im.token # want `Output of a sensitive value: The value of output "token" is sensitive`
}

output "inside" {
  value = { all = [auth.cloud.im] } # want `Output of a sensitive value`
}

output "variable" {
  value = "x-${var.secret}" # want `Output of a sensitive value`
}

output "fine" {
  value     = auth.cloud.im.token
  sensitive = true
}

output "said" {
  value = nonsensitive(auth.cloud.im.token)
}

output "sinks" {
  value     = auth.cloud.im.expires_at
  env       = "IM-TOKEN" # want `Invalid argument value: The argument "env" must be the name of an environment variable`
  file      = ""         # want `Invalid argument value: The argument "file" must be the path of a file`
  file_mode = "rw"       # want `Invalid argument value: The argument "file_mode" must be permissions`
}

output "checked" {
  value = auth.cloud.im.expires_in
  precondition {
    condition     = auth.cloud.im.expires > 0 # want `Unknown attribute: .*"expires"`
    error_message = "no"
  }
}
