# in: var hunter2
# in: var missng=1
# in: var list=[s3cret-value
# in: var-from secret
# in: var-from missng=-
# in: var-from number=-
# in: var-from secret=-
# in: var-from other=no-such-file
# want-nowhere `Invalid variable option: A variable is set with --var NAME=VALUE; one option has no "="`
# want-nowhere `Undeclared variable: --var sets "missng", but the flow declares no variable of that name\. Did you mean "missing"\?`
# want-nowhere `Invalid variable option: A variable is read from a file with --var-from NAME=PATH`
# want-nowhere `Undeclared variable: --var-from sets "missng", .*Did you mean "missing"\?`
# want-nowhere `Standard input taken twice: .* it is that of "number" already, so "secret" needs another source`
# want-nowhere `Value of a variable cannot be read: The variable "other" gets its value from the file of --var-from: there is no file "no-such-file"`

variable "missing" { # want `Variable not set: The variable "missing" has no default`
}

variable "list" { # want `Wrong variable value: The value of the variable "list" from --var is no expression of the type`
  type = list(string)
}

variable "number" { # want `Wrong variable value: The value of the variable "number" from standard input does not fit: a number is required`
  type = number
}

variable "secret" {
  default   = "x"
  sensitive = true
}

variable "other" {
}

output "x" {
  value = 1
}
