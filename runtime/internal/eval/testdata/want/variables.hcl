variable "missing" { # want `Variable not set: The variable "missing" has no default.* AUTHRUN_VAR_missing`
}

variable "typed" {
  type    = number
  default = "many" # want `Wrong variable value: The value of the variable "typed" does not fit: a number is required`
}

variable "deep" {
  type    = list(object({ name = string, port = optional(number, 80) }))
  default = [{ name = "a" }, { port = 1 }] # want `Wrong variable value: .*attribute "name" is required`
}

variable "never_null" {
  nullable = false
  default  = null # want `Wrong variable value: .*it is null, and the variable is declared nullable = false`
}

variable "checked" {
  default = 3
  validation {
    condition     = var.checked > 5 # want `Invalid variable value: It is 3, and must be more than 5`
    error_message = "It is ${var.checked}, and must be more than 5."
  }
}

variable "hidden" {
  default   = "s3cret-value"
  sensitive = true
  validation {
    condition     = length(var.hidden) > 50 # want `Invalid variable value: The condition does not hold\. \(Its message is sensitive and not shown\.\)`
    error_message = "${var.hidden} is too short."
  }
}

variable "wide" {
  default = 1
  validation {
    condition     = local.x > var.wide # want `Misplaced reference: A variable's validation may refer to variables only`
    error_message = "no"
  }
}

variable "computed" {
  default = upper("a") # want `Function calls not allowed`
}

locals {
  x = 1
}

output "x" {
  value = local.x
}
