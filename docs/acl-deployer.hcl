# What whoever deploys may do at Consul, Jenkins or a person at a shell: here for the prefix api/version. A further
# application adds the first two rules for its prefix; the slashes in a prefix are %2F in our own keys.
#
#   consul acl policy create -name deploy-api -rules @acl-deployer.hcl
#   consul acl token create -description 'Jenkins deploys api' -policy-name deploy-api

# The versions, what is current, and what the nodes say.
key_prefix "api/version/" {
  policy = "write"
}

# The lock, the history, the nodes' pins and reports.
key_prefix "consul-deploy/deploy/api%2Fversion/" {
  policy = "write"
}

# The records and locks of rolling releases. Leave it out where there are none.
key_prefix "consul-deploy/release/" {
  policy = "write"
}

# The session of the lock, on the node of whichever Consul agent is asked.
session_prefix "" {
  policy = "write"
}

# Only to wait for the nodes of a service (service: 'api', --service api).
service "api" {
  policy = "read"
}
node_prefix "" {
  policy = "read"
}
