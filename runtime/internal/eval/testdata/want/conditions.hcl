# in: conditions

variable "secret" {
  default   = "s3cret-value"
  sensitive = true
}

auth "cloud" "pre" {
  client_id     = "a"
  client_secret = "s"
  lifecycle {
    precondition {
      condition     = length(var.secret) > 50 # want `Precondition failed: The secret has 12 characters`
      error_message = "The secret has ${nonsensitive(length(var.secret))} characters."
    }
  }
}

auth "cloud" "post" {
  client_id     = "b"
  client_secret = "s"
  lifecycle {
    postcondition {
      condition     = self.expires_in > 3600 # want `Postcondition failed: It lives 60 seconds only\.`
      error_message = "It lives ${self.expires_in} seconds only."
    }
    postcondition {
      condition     = startswith(self.token, "x") # want `Postcondition failed: The condition does not hold\. \(Its message is sensitive and not shown\.\)`
      error_message = "The token is ${self.token}."
    }
    postcondition {
      condition     = self.application # want `Wrong value type: The argument "condition" does not fit: a bool is required`
      error_message = "no"
    }
  }
}

output "x" {
  value = 1
  precondition {
    condition     = auth.cloud.post.expires_in > 3600 # want `Precondition failed: Too short\.`
    error_message = "Too short."
  }
}
