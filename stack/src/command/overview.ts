import { relative } from 'node:path';
import type { Status } from '../control/protocol.ts';
import { Home } from '../home/home.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import { withoutPassword } from '../launcher/given-address.ts';
import { isInstanceOf } from '../launcher/instance.ts';
import { formatTable } from './table.ts';

/** The table of addresses: first what a person opens in a browser, then gateway, services and servers, without passwords. */
function formatAddresses({ gateway, services, servers }: StackDefinition, status: Status): string[] {
  const gatewayUrl = urlOf(status, gateway.name);
  const sites = services.flatMap(({ name, site }) =>
    site === undefined ? [] : [[name, `${gatewayUrl}${site}`]],
  );
  const behind = services.filter(({ site }) => site === undefined);
  const order = [gateway.name, ...behind.map(({ name }) => name), ...servers];
  const rows = order.flatMap((kind) =>
    status.processes
      .filter(({ name }) => isInstanceOf(name, kind))
      .flatMap(({ name, url }) => (url === undefined ? [] : [[name, withoutPassword(url)]])),
  );
  const lines = formatTable([...sites, ...rows]);
  return sites.length === 0 ? lines : lines.toSpliced(sites.length, 0, '');
}

const urlOf = ({ processes }: Status, wanted: string) =>
  processes.find(({ name }) => name === wanted)?.url ?? '';

function shortPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

/** What a person who has just started the stack wants to know: addresses, commands to try, how to go on. */
export function formatOverview(definition: StackDefinition, status: Status): string[] {
  const { addressesFile } = new Home(definition.home);
  const gatewayUrl = urlOf(status, definition.gateway.name);
  return [
    '',
    ...formatAddresses(definition, status),
    '',
    `With users and passwords: ${shortPath(addressesFile)}. Try:`,
    '',
    ...definition.examples(gatewayUrl).map((example) => `  ${example}`),
    '',
  ];
}
