output "company" {
  value = "${var.company} is ${auth.sipauth.calls.companyname}"
}
