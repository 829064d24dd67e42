# What whoever fires an event may do at Consul, Jenkins or a person at a shell: here the event run-deploy, with answers
# below api/version.
#
#   consul acl policy create -name fire-run-deploy -rules @acl-event-deployer.hcl
#   consul acl token create -description 'Jenkins fires run-deploy' -policy-name fire-run-deploy

event "run-deploy" {
  policy = "write"
}

# The nodes that match, their services and their checks. A node that can't be read is not found.
node_prefix "" {
  policy = "read"
}
service_prefix "" {
  policy = "read"
}

# The answers, and the reports of those that failed.
key_prefix "api/version/" {
  policy = "read"
}
key_prefix "consul-deploy/deploy/api%2Fversion/node/" {
  policy = "read"
}

# Only for batches: the release's record, its lock and the lock's session.
key_prefix "consul-deploy/release/event%20run-deploy/" {
  policy = "write"
}
session_prefix "" {
  policy = "write"
}
