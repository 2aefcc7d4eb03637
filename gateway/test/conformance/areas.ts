import { decision } from './apikey/decision.ts';
import { verification } from './apikey/verification.ts';
import { algorithm } from './balance/algorithm.ts';
import { health } from './balance/health.ts';
import { deadTarget } from './failure/dead-target.ts';
import { slowTarget } from './failure/slow-target.ts';
import type { Area } from './harness/suite.ts';
import { claimedHeaders } from './message/claimed-headers.ts';
import { framing } from './message/framing.ts';
import { requestBody } from './message/request-body.ts';
import { requestHeaders } from './message/request-headers.ts';
import { responseBody } from './message/response-body.ts';
import { responseHeaders } from './message/response-headers.ts';
import { streaming } from './message/streaming.ts';
import { correlationId } from './plugin/correlation-id.ts';
import { cors } from './plugin/cors.ts';
import { rateLimiting } from './plugin/rate-limiting.ts';
import { requestSizeLimiting } from './plugin/request-size-limiting.ts';
import { reload } from './reload/reload.ts';
import { normalisation } from './routing/normalisation.ts';
import { path } from './routing/path.ts';
import { priority } from './routing/priority.ts';

/** What our plugins promise wherever they run, and what nginx by itself, which is under every Kong, makes of framing. */
export const pluginAreas: readonly Area[] = [decision, verification, normalisation, claimedHeaders, framing];

/** All that a gateway promises. */
export const allAreas: readonly Area[] = [
  path,
  priority,
  ...pluginAreas,
  requestHeaders,
  responseHeaders,
  requestBody,
  responseBody,
  streaming,
  deadTarget,
  slowTarget,
  algorithm,
  health,
  reload,
  rateLimiting,
  cors,
  requestSizeLimiting,
  correlationId,
];
