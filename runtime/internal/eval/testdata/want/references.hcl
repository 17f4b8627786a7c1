locals {
  region = "a1"
  broken = var.nope        # want `Undeclared variable: The flow declares no variable "nope"`
  typo   = local.regoin    # want `Undeclared local value: .*Did you mean "region"\?`
  whole  = local           # want `Incomplete reference: A local value`
}

variable "im_secret" {
  default   = "s3cret-value"
  sensitive = true
}

auth "cloud" "im" {
  client_id     = var.im_secrt    # want `Undeclared variable: .*"im_secrt"\. Did you mean "im_secret"\?`
  client_secret = auth.cloud.in.token # want `Undeclared auth block: .*auth "cloud" "in"\. Did you mean "auth.cloud.im"\?`
  depends_on    = [auth.pbx.hq2] # want `Undeclared auth block: .*auth "pbx" "hq2"\. Did you mean "auth.pbx.hq"\?`
}

auth "pbx" "hq" {
  base_url = "http://172.16.101.37:9011"
  password = auth.cloud.im.tokn # want `Unknown attribute: .*no attribute "tokn"\. Did you mean "token"\? It has access_token, application, expires_at, expires_in and token`
}

auth "cloud" "each" {
  client_id     = each.key     # want `Misplaced reference: There is no "each" here`
  client_secret = self.token   # want `Misplaced reference: There is no "self" here`
  code          = count.index  # want `Misplaced reference: There is no "count" here`
  device        = easemob      # want `Unknown name: There is no "easemob"\. A reference starts with`
  settle        = auth.cloud   # want `Incomplete reference: An auth block is referred to by its vendor and name`
}

auth "cloud" "many" {
  for_each      = { a = "1", b = "2" }
  client_id     = each.value
  client_secret = "s"
  settle        = each.item # want `Incomplete reference: What for_each goes over`
}

output "one" {
  value = auth.cloud.many["c"].application # want `No such instance: auth.cloud.many has no instance \["c"\]`
}

output "several" {
  value = auth.cloud.many.application # want `Incomplete reference: auth.cloud.many has for_each, .* auth.cloud.many\["<key>"\].application`
}

output "index" {
  value = auth.pbx.hq[0].expires_at # want `No such instance: auth.pbx.hq has neither count nor for_each`
}

output "private" {
  value = auth.cloud.im.refresh # want `Unknown attribute: .*"refresh"`
}
