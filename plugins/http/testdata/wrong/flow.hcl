auth "http" "it" {
  base_url = "https://vendor.example"
  account  = { id = "alice" }
  overlap  = "1h"

  acquire {
    json = jsonencode({ id = "{idd}" })
    success {
      at     = "/code"
      one_of = ["0"]
    }
    credential {
      life = "1h"
      token_at = "token"
    }
  }
  renew {
    headers = {
      X = "{refresh_token}"
    }
  }
}
