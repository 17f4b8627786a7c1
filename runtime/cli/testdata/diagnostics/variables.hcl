variable "missing" {
  type = string
}

variable "deep" {
  type = map(object({ ports = list(number), name = optional(string) }))
  default = {
    web = { ports = [80, "https"] }
  }
}

variable "checked" {
  default = "opensesame"
  validation {
    condition     = length(var.checked) > 20
    error_message = "It has ${length(var.checked)} characters; a password of the shop has more than 20, and it is made by the shop, not by its user."
  }
}

variable "missing" {
}
