# A folder is one flow: all its *.hcl and *.hcl.json files together, in any order.
#
#   authrun apply examples/folder

variable "sim" {
  type = string
}

variable "company" {
  type = string
}
