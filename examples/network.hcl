# How a vendor is reached. A network block in `authrun` holds for all auth blocks, one in an auth block for that block alone.

variable "sim" {
  type    = string
  default = "http://127.0.0.1:18080"
}

authrun {
  network {
    timeout = "10s" # of one exchange
  }
}

auth "ippbx" "hq" {
  base_url = "${var.sim}/ippbx"
  username = "api"
  password = "demo-pbx-password"
  port     = 8260

  network {
    timeout = "3s"
    proxy   = "none" # or "http://127.0.0.1:3128"; HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold where it is unset

    # A PBX often has a certificate of its own. Say which authority signed it, or which certificate it is; the error of a wrong pin prints
    # the right one. There is no way to switch verification off.
    #
    # ca_file    = "pbx-ca.pem"
    # pin_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    #
    # A client certificate:
    #
    # cert_file = "client.pem"
    # key_file  = "client-key.pem"
  }
}

output "dies" {
  value = auth.ippbx.hq.expires_at
}
