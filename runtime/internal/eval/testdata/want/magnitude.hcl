# A number of a hundred million digits would take minutes to write.

output "x" {
  value = "${1e99999999}" # want `Number too large: This number is larger than any program can use` `Value cannot be put out`
}
