// Kong's plugin request-size-limiting: how long a body may be, instead of the gateway's own bound.
import { ApiError } from '@tsmicro/network';
import type { Mapping } from '../declaration/mapping.ts';
import type { Plugin, PluginKind, Verdict } from '../plugin/plugin.ts';
import type { Exchange } from '../proxy/exchange.ts';

/** The plugin's `config` in kong.yml. */
export interface SizeSettings {
  /** `allowed_payload_size` in `size_unit`. @default 128 megabytes */
  readonly maxBodyBytes: number;
  /** Whether every request must say how long its body is, also one that has none. @default false */
  readonly requireContentLength: boolean;
}

const unitNames = ['megabytes', 'kilobytes', 'bytes'] as const;
const bytesIn = { megabytes: 2 ** 20, kilobytes: 2 ** 10, bytes: 1 };
const mostUnits = 2 ** 31 - 1;

/** Reads the `config` of `request-size-limiting`. */
export function parseSizeSettings(config: Mapping): SizeSettings {
  const size = config.integer('allowed_payload_size', 0, mostUnits) ?? 128;
  const unit = config.choice('size_unit', unitNames) ?? 'megabytes';
  return {
    maxBodyBytes: size * bytesIn[unit],
    requireContentLength: config.flag('require_content_length') ?? false,
  };
}

class RequestSizeLimiting implements Plugin {
  readonly #settings: SizeSettings;

  constructor(settings: SizeSettings) {
    this.#settings = settings;
  }

  /**
   * Whoever takes the body in answers 413 beyond the bound, also to a client that waits for "100 Continue": Kong's 417
   * leaves as 413 in the envelope.
   */
  access(exchange: Exchange): Verdict {
    const { maxBodyBytes, requireContentLength } = this.#settings;
    exchange.maxBodyBytes = maxBodyBytes;
    if (requireContentLength && exchange.request.header('content-length') === undefined) {
      throw new ApiError(411, 'a valid Content-Length header is required');
    }
    return undefined;
  }
}

/** `request-size-limiting`, for declarations. */
export const requestSizeLimitingPlugin: PluginKind = {
  name: 'request-size-limiting',
  priority: 951,
  parse(config) {
    const settings = parseSizeSettings(config);
    return () => new RequestSizeLimiting(settings);
  },
};
