// Debian's nginx with the Lua code of our plugins for Kong.
import { openNginxGateway } from '../../kong/nginx-gateway.ts';
import { nginxPlugins } from '../../kong/nginx-settings.ts';
import type { GatewayUnderTest } from '../harness/gateway.ts';

/** Opens an nginx on a free port. */
export async function openNginx(): Promise<GatewayUnderTest> {
  const gateway = await openNginxGateway('_format_version: "3.0"\n');
  return {
    name: 'nginx',
    baseUrl: gateway.baseUrl,
    serverHost: '127.0.0.1',
    severalProcesses: false,
    plugins: nginxPlugins,
    load: (declaration) => gateway.load(declaration),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}
