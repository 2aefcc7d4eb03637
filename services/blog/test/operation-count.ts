import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { currentContext } from '@tsmicro/network';

/**
 * Counts what requests to this process make it ask of one kind of dependency while `work` runs, by the names of the
 * operations; what it does by itself, such as telling events, does not count.
 */
export async function countOperations(
  kind: 'mongo' | 'redis' | 'nats.client',
  work: () => Promise<void>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const onStart = ({ name }: Operation) => {
    if (currentContext() === undefined) return;
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const end = new OperationChannel<Operation>(kind).subscribe({ onStart });
  try {
    await work();
  } finally {
    end();
  }
  return counts;
}
