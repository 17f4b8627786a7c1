# A file that is no UTF-8.

output "café" { # want `Not a text file: .* at line 3 its bytes are no UTF-8\. Save it as UTF-8 text`
}
