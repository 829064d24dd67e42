consul {
  address = "127.0.0.1:8500"
}

template {
  source      = "/etc/consul-template/shop.conf.ctmpl"
  destination = "/etc/nginx/conf.d/shop.conf"
  command     = "nginx -t -q && nginx -s reload"
}
