import type { KeptAnswersFigures } from '@tsmicro/micro';
import type { Metrics } from '@tsmicro/telemetry';

/** Answers of other services that are kept, by what they are about; as `decisions`. */
export type ShownKept = Readonly<Record<string, { readonly figures: KeptAnswersFigures }>>;

/** Shows how often a kept answer was used, and how often the other service was asked. */
export function showKept(metrics: Metrics, kept: ShownKept): void {
  const all = () => Object.entries(kept).map(([answers, { figures }]) => ({ answers, figures }));
  metrics.collect(
    {
      name: 'kept_answers_total',
      help: 'Questions to another service: answered by what was kept, asked, or joined to one under way',
      type: 'counter',
      labels: ['answers', 'result'],
    },
    () =>
      all().flatMap(({ answers, figures: { hits, asked, shared } }) => [
        { labels: { answers, result: 'hit' }, value: hits },
        { labels: { answers, result: 'asked' }, value: asked },
        { labels: { answers, result: 'shared' }, value: shared },
      ]),
  );
  metrics.collect({ name: 'kept_answers_size', help: 'Answers that are kept now', labels: ['answers'] }, () =>
    all().map(({ answers, figures }) => ({ labels: { answers }, value: figures.size })),
  );
}
