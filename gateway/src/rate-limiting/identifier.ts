import { hash } from 'node:crypto';
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
      return exchange.path === identity.path ? 'path' : exchange.clientAddress;
    case 'header': {
      const text = exchange.request.header(identity.headerName);
      return text ? hash('sha256', text, 'base64url') : exchange.clientAddress;
    }
    case 'ip':
      return exchange.clientAddress;
  }
}
