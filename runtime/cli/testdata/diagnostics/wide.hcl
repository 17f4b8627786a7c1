locals {
	name	= "环信即时通讯" + local.nothing # 全角字符
	list = [for n in ["一", "二"] : n.属性]
}

output "x" {
	value = local.name
}
