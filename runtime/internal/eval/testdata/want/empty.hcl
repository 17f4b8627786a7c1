# A flow in which there is nothing to do.
# want-nowhere `Nothing declared: ".*" declares no auth block and no output, so there is nothing to do`

variable "unused" { # want `Unused variable: Nothing in the flow refers to var.unused`
  default = 1
}
