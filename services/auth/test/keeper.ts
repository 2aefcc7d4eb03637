// The process of KeeperChild: asks auth what it is asked, and keeps the answers.
import { decision, decisionNotice } from '@tsmicro/contracts-auth';
import { connectNats, keepAnswers, requestNats } from '@tsmicro/micro';
import { toApiError } from '@tsmicro/network';
import type { KeeperAnswer } from './keeper-child.ts';

const natsClient = await connectNats({
  natsUrl: process.argv[2] ?? '',
  natsServiceName: 'keeper',
  natsServiceVersion: '1.0.0',
});
const kept = keepAnswers(natsClient, {
  notice: decisionNotice,
  subjectsOf: ({ user, session }: { user: { id: string }; roles: string[]; session: string }) => [
    user.id,
    session,
  ],
  concernedBy: ({ users = [], sessions = [] }) => [...users, ...sessions],
});

async function decide(header: string): Promise<KeeperAnswer> {
  try {
    const { user, roles } = await kept.through(header, () =>
      requestNats(natsClient, decision, { value: header }),
    );
    return { user: user.id, roles, asked: kept.figures.asked };
  } catch (error) {
    return { status: toApiError(error).status, asked: kept.figures.asked };
  }
}

process.on('message', async ({ header }: { header: string }) => process.send?.(await decide(header)));
process.send?.('ready');
