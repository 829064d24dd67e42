# What a deployer's token needs, for one prefix: Jenkins, or whoever uses the command line.

key_prefix "api/version/" {
  policy = "write"
}

# The lock, the history, the pins; and the nodes' reports, to read.
key_prefix "consul-deploy/deploy/api%2Fversion/" {
  policy = "write"
}

# The lock hangs on a session, on the node of the Consul agent that is asked.
session_prefix "" {
  policy = "write"
}

# Only for "service": who is expected.
service_prefix "" {
  policy = "read"
}
node_prefix "" {
  policy = "read"
}
