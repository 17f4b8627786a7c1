# The file of variables for this flow is beside it.

variable "port" {
  type = number
}

variable "fine" {
  type = object({ a = optional(string, "x"), b = list(number) })
}

variable "deep" {
  type = object({ servers = map(object({ ports = list(number) })) })
}

variable "never" {
  nullable = false
}

output "x" {
  value = var.fine.a
}
