/** The figures of one endpoint in a STATS answer: counts, and whole nanoseconds. */
export interface EndpointStatsReport {
  name: string;
  subject: string;
  queue_group: string;
  num_requests: number;
  num_errors: number;
  last_error: string;
  processing_time: number;
  average_processing_time: number;
}

/** Counts what one endpoint has answered. */
export class EndpointStats {
  #requests = 0;
  #errors = 0;
  #lastError = '';
  #processingMs = 0;

  /** Counts one answer, and the error when it was one. */
  record(processingMs: number, error?: string): void {
    this.#requests++;
    this.#processingMs += processingMs;
    if (error === undefined) return;
    this.#errors++;
    this.#lastError = error;
  }

  report(endpoint: { name: string; subject: string; queueGroup: string }): EndpointStatsReport {
    const processingNs = Math.round(this.#processingMs * 1e6);
    return {
      name: endpoint.name,
      subject: endpoint.subject,
      queue_group: endpoint.queueGroup,
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: processingNs,
      average_processing_time: this.#requests === 0 ? 0 : Math.round(processingNs / this.#requests),
    };
  }
}
