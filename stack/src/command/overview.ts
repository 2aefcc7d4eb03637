import { relative } from 'node:path';
import type { Status } from '../control/protocol.ts';
import { Home } from '../home/home.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import { withoutPassword } from '../launcher/given-address.ts';
import { isInstanceOf } from '../launcher/instance.ts';
import { formatTable } from './table.ts';

/** The table of addresses, gateway first. Passwords are left to addresses.json. */
export function formatAddresses(definition: StackDefinition, status: Status): string[] {
  const { gateway, services, servers } = definition;
  const order = [gateway.name, ...services.map((service) => service.name), ...servers];
  const rows = order.flatMap((kind) =>
    status.processes
      .filter(({ name }) => isInstanceOf(name, kind))
      .flatMap(({ name, url }) => (url === undefined ? [] : [[name, withoutPassword(url)]])),
  );
  return formatTable(rows);
}

function shortPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

/** What a person who has just started the stack wants to know: addresses, commands to try, how to go on. */
export function formatOverview(definition: StackDefinition, status: Status): string[] {
  const { addressesFile } = new Home(definition.home);
  const gatewayUrl = status.processes.find(({ name }) => name === definition.gateway.name)?.url ?? '';
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
