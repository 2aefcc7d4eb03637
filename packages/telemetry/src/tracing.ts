// The SDK of OpenTelemetry, loaded only by who switches tracing on: it is as large as the rest of a service.
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '@tsmicro/dependency';
import { traceOperations } from './span.ts';

/** Which process the spans are of. */
export interface TracedProcess {
  name: string;
  version: string;
}

/** Says once for each reason that spans do not get out. */
function complainTo(logger: Logger): void {
  let last = '';
  const say = (message: string) => {
    if (message === last) return;
    last = message;
    logger.warn({ reason: message }, 'tracing complains');
  };
  const quiet = () => undefined;
  diag.setLogger(
    { error: say, warn: say, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/**
 * Makes spans of operations and sends them by OTLP over HTTP; where to, how many and under which name is said by the
 * variables OTEL_* as OpenTelemetry defines them.
 * @returns what sends the last spans and ends it
 */
export function startTracing({ name, version }: TracedProcess, logger: Logger): () => Promise<void> {
  complainTo(logger);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': name, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const end = traceOperations(provider.getTracer('@tsmicro/telemetry'));
  return async () => {
    end();
    await provider.shutdown();
  };
}
