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

/** Counts what one endpoint has done. */
export class EndpointStats {
  #requests = 0;
  #errors = 0;
  #lastError = '';
  #processingNs = 0n;

  record(processingNs: bigint, error: Error | undefined): void {
    this.#requests++;
    this.#processingNs += processingNs;
    if (error !== undefined) {
      this.#errors++;
      this.#lastError = error.message;
    }
  }

  report({
    name,
    subject,
    queueGroup,
  }: {
    name: string;
    subject: string;
    queueGroup: string;
  }): EndpointStatsReport {
    return {
      name,
      subject,
      queue_group: queueGroup,
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: Number(this.#processingNs),
      average_processing_time: this.#requests === 0 ? 0 : Number(this.#processingNs / BigInt(this.#requests)),
    };
  }
}
