// The health check of a container: ends with 0 when the service in it can do its work. With an argument that URL is asked
// instead, for a process that serves no HTTP but its metrics.
const url = process.argv[2] ?? `http://127.0.0.1:${process.env.SERVER_PORT ?? 8000}/health/ready`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) });
const text = await answer.text();
if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
