// Runs when KONG_URL and KONG_ADMIN_URL say where a DB-less Kong is. CONFORMANCE_HOST is how that Kong finds this
// machine (default 127.0.0.1).
import { test } from 'node:test';
import { allAreas } from './areas.ts';
import { openKong } from './gateways/kong.ts';
import { testGateway } from './harness/suite.ts';

const { KONG_URL: url, KONG_ADMIN_URL: adminUrl, CONFORMANCE_HOST: serverHost = '127.0.0.1' } = process.env;

if (url === undefined || adminUrl === undefined) {
  test('kong gateway: conformance', { skip: 'set KONG_URL and KONG_ADMIN_URL to run it against a Kong' });
} else {
  testGateway('kong', allAreas, () => openKong({ url, adminUrl, serverHost }));
}
