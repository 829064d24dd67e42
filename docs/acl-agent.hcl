# What an agent's token needs, for one prefix.

# Lists the versions, and announces its own state below each.
key_prefix "api/version/" {
  policy = "write"
}

# Its pin and its report.
key_prefix "consul-deploy/deploy/api%2Fversion/pin/" {
  policy = "write"
}
key_prefix "consul-deploy/deploy/api%2Fversion/node/" {
  policy = "write"
}

# Its entries hang on a session, on the node of the Consul agent that it asks. Narrow the name to that node.
session_prefix "" {
  policy = "write"
}
