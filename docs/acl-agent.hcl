# What an agent may do at Consul, and nothing else: here the node web1, which has one deployment with the prefix api/version.
# A policy for each node, or one with a session rule and two own keys for each node. A further deployment adds the four
# rules for its prefix; the slashes in a prefix are %2F in our own keys.
#
#   consul acl policy create -name deploy-agent-web1 -rules @acl-agent.hcl
#   consul acl token create -description 'agent of web1' -policy-name deploy-agent-web1

# The versions' folders, in which it keeps its own entries. Consul's rules can't name a key behind a folder of any name, so
# this covers the other nodes' entries too; what every node runs it may only read.
key_prefix "api/version/" {
  policy = "write"
}
key "api/version/current" {
  policy = "read"
}

# Its pin, which it creates empty, and its report.
key "consul-deploy/deploy/api%2Fversion/pin/web1" {
  policy = "write"
}
key "consul-deploy/deploy/api%2Fversion/node/web1" {
  policy = "write"
}

# Its session, on the node of the Consul agent that it asks.
session "web1" {
  policy = "write"
}
