import { fileURLToPath } from 'node:url';

const gatewayFolder = fileURLToPath(new URL('../..', import.meta.url));
const moduleFolder = '/usr/lib/nginx/modules';

/** Where nginx keeps what it writes, what the Lua code is told, and where it listens. */
export interface NginxConf {
  readonly folder: string;
  /** A JSON file, read at the start and again at a SIGHUP. */
  readonly settings: string;
  readonly port: number;
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;

/** The phases of a location, each run by the function of its name. */
function phases(...names: readonly string[]): string {
  return names
    .map((name) => `${name}_by_lua_block { require("runloop").${name.replace('content', 'handle_error')}() }`)
    .join('\n      ');
}

/**
 * The configuration of an nginx that runs the plugins as Kong does: the same phases, its own errors handled by Lua,
 * the sizes and time-outs of kong.conf and kong.yml. One worker, since the double of kong.cache lives in one.
 */
export function nginxConf({ folder, settings, port }: NginxConf): string {
  const luaFolders = ['.', 'test/kong/lua', 'kong/spec/double'].map(
    (path) => `${gatewayFolder}/${path}/?.lua`,
  );
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user nobody nogroup;' : ''}
pid ${folder}/nginx.pid;
error_log stderr notice;
load_module ${moduleFolder}/ndk_http_module.so;
load_module ${moduleFolder}/ngx_http_lua_module.so;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  underscores_in_headers on;
  large_client_header_buffers 4 32k;
  client_max_body_size 1m;
  client_body_buffer_size 1m;
  lua_package_path "${luaFolders.join(';')};;";
  lua_shared_dict apikey_grants 1m;
  init_by_lua_block { require("runloop").init("${settings}") }
  server {
    listen 127.0.0.1:${port};
    error_page 400 404 405 408 411 412 413 414 417 494 500 502 503 504 /kong_error_handler;
    location / {
      set $target "";
      ${phases('rewrite', 'access', 'header_filter', 'body_filter')}
      proxy_pass $target;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_connect_timeout 1s;
      proxy_send_timeout 2300ms;
      proxy_read_timeout 2300ms;
    }
    location = /kong_error_handler {
      internal;
      ${phases('content', 'header_filter', 'body_filter')}
    }
  }
}
`;
}
