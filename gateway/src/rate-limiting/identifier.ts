import { hash } from 'node:crypto';
import { clientAddress } from '../proxy/client-address.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Identity } from './settings.ts';

/**
 * Under what a request counts. A header's value is a secret perhaps, and long perhaps: its SHA-256 stands for it.
 */
export function identifierOf(identity: Identity, exchange: Exchange): string {
  switch (identity.by) {
    case 'service':
      return `service ${exchange.route?.service.name ?? ''}`;
    case 'path':
      return exchange.path === identity.path ? 'path' : clientAddress(exchange);
    case 'header': {
      const value = exchange.request.headers[identity.headerName];
      const text = Array.isArray(value) ? value.join() : value;
      return text ? hash('sha256', text, 'base64url') : clientAddress(exchange);
    }
    case 'ip':
      return clientAddress(exchange);
  }
}
