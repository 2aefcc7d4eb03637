/** The name of nginx's configuration in its folder. */
export const configFile = 'nginx.conf';

/** No connection is closed for having been used too often, as none of a Node server is. */
const everMore = 1_000_000_000;

const answered = (id: string) =>
  JSON.stringify({
    code: '10000',
    status: 200,
    message: 'success',
    data: {
      id,
      title: 'A bug in relay seventy, panel F',
      author: { id: 1_906, name: 'Grace Hopper' },
      description: 'The first actual case of a bug being found, and how it came into the log book at all.',
      tags: ['relay', 'moth', 'log'],
    },
  });

/**
 * One process: what one worker of a master would do, with one pid to be bound to a core. Nothing is logged, as little as
 * by the others.
 */
function config(dir: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${dir}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  default_type application/json;
  keepalive_requests ${everMore};
  ${temporary.map((name) => `${name}_temp_path ${dir}/${name};`).join('\n  ')}
${http}
}
`;
}

const forwarded = (upstream: string) =>
  `proxy_pass http://${upstream}; proxy_http_version 1.1; proxy_set_header Connection "";`;

const keptOpen = (server: string) => `server ${server}; keepalive 128; keepalive_requests ${everMore};`;

/**
 * A service that answers everything with some 300 bytes of JSON. A POST is answered when all of it is there, with how much
 * that was: nginx reads a body only to pass it on, which it does to itself.
 */
export function upstreamConfig(dir: string, port: number): string {
  const self = `unix:${dir}/read.sock`;
  return config(
    dir,
    `
  upstream read { ${keptOpen(self)} }
  server {
    listen 127.0.0.1:${port};
    if ($request_method = POST) { rewrite ^ /read last; }
    location / { return 200 '${answered('0f8fad5b')}'; }
    location = /read { internal; ${forwarded('read')} }
  }
  server {
    listen ${self};
    location / { return 200 '${answered('$content_length')}'; }
  }`,
  );
}

/** A reverse proxy that keeps its connections to both sides open. */
export function proxyConfig(dir: string, port: number, upstreamPort: number): string {
  return config(
    dir,
    `
  upstream service { ${keptOpen(`127.0.0.1:${upstreamPort}`)} }
  server {
    listen 127.0.0.1:${port};
    location / { ${forwarded('service')} }
  }`,
  );
}
