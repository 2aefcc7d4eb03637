// Runs against a whole system when KONG_URL says where its gateway is and nothing says where to configure that:
// CONFORMANCE_API_KEY is a key that it knows (default: the seed data's).
import { test } from 'node:test';
import { testPlatform } from './platform/platform.ts';

const seedApiKey = '1D3F2DD1A5DE725DD4DF1D82BBB37';
const { KONG_URL: baseUrl, KONG_ADMIN_URL: adminUrl, CONFORMANCE_API_KEY: apiKey = seedApiKey } = process.env;

if (baseUrl === undefined || adminUrl !== undefined) {
  test('platform: conformance', { skip: 'set KONG_URL alone to run it against a system that is running' });
} else {
  testPlatform({ baseUrl, apiKey });
}
