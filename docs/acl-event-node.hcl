# What the watch of a node that handles events may do at Consul: here the node web1, the event run-deploy, and answers below
# api/version. The slashes in a prefix are %2F in our own keys.
#
#   consul acl policy create -name event-node-web1 -rules @acl-event-node.hcl
#   consul acl token create -description 'event handler of web1' -policy-name event-node-web1

# Its Consul agent's watch.
event "run-deploy" {
  policy = "read"
}

# Its answers. Consul's rules can't name a key behind a folder of any name, so this covers the other nodes' too.
key_prefix "api/version/" {
  policy = "write"
}

# Its report, and which events it has handled.
key "consul-deploy/deploy/api%2Fversion/node/web1" {
  policy = "write"
}
key "consul-deploy/deploy/api%2Fversion/event/web1" {
  policy = "write"
}

# Only to find out its node's name; 'ack --node web1' does without.
agent "web1" {
  policy = "read"
}
