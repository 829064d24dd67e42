# What whoever sets an image's tag may do at Consul, Jenkins or a person at a shell: here the keys below configs/web/, for the
# service web. The slashes in a key are %2F in our own keys.
#
#   consul acl policy create -name set-web-tags -rules @acl-key-deployer.hcl
#   consul acl token create -description 'Jenkins sets the tags of web' -policy-name set-web-tags

key_prefix "configs/web/" {
  policy = "write"
}

# What each key had before, for the way back.
key_prefix "consul-deploy/key/configs%2Fweb%2F" {
  policy = "write"
}

# Whether somebody is bringing a key to its nodes one by one: "read" is enough for that. "write" only for --per-node, as all
# that follows: the release's record, its lock and the lock's session.
key_prefix "consul-deploy/release/key%20configs%2Fweb%2F" {
  policy = "write"
}
session_prefix "" {
  policy = "write"
}

# The service's instances, their nodes and their checks.
service "web" {
  policy = "read"
}
node_prefix "" {
  policy = "read"
}
