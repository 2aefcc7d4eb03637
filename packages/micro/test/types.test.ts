// What must not compile: `npm run check` fails when one of the lines below an expected error has none. At run time they
// show that the same mistakes are refused there too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defineEndpoint,
  type NatsClient,
  type NatsGroup,
  type ReplyOf,
  type RequestOf,
  requestNats,
} from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

const count = defineEndpoint({
  service: 'stock',
  name: 'count',
  request: Type.Object({ item: Type.String(), shelf: Type.Optional(Type.Integer()) }),
  reply: Type.Object({ left: Type.Integer() }),
  summary: 'What is left of an item',
});

/** Never called: only its types are of interest. */
export async function asks(client: NatsClient): Promise<number> {
  const { left } = await requestNats(client, count, { item: 'tea' });
  // @ts-expect-error a field that the contract does not know
  await requestNats(client, count, { item: 'tea', colour: 'green' });
  // @ts-expect-error a field of another type
  await requestNats(client, count, { item: 7 });
  // @ts-expect-error a required field is missing
  await requestNats(client, count, { shelf: 1 });
  // @ts-expect-error the reply has no such field
  (await requestNats(client, count, { item: 'tea' })).right;
  return left;
}

/** Never called: only its types are of interest. */
export function answers(group: NatsGroup, routes: Routes): void {
  group.addEndpoint(count, ({ item, shelf = 0 }) => ({ left: item.length + shelf }));
  // @ts-expect-error the reply is of another type
  group.addEndpoint(count, () => ({ left: 'few' }));
  // @ts-expect-error the reply lacks its field
  group.addEndpoint(count, async () => ({}));
  // @ts-expect-error the request has no such field
  group.addEndpoint(count, ({ colour }) => ({ left: colour }));
  const data = Type.Object({ left: Type.Integer() });
  routes.get('/left/:item', { params: Type.Object({ item: Type.String() }), data }, ({ params }) => ({
    left: params.item.length,
  }));
  // @ts-expect-error a route without params has none to read
  routes.get('/left', { data }, ({ params }) => ({ left: params.item.length }));
  // @ts-expect-error the data is of another type
  routes.get('/left', { data }, () => ({ left: 'few' }));
  // @ts-expect-error a GET has no body
  routes.get('/left', { body: data }, () => undefined);
}

test('types: the messages of an endpoint follow from its definition', () => {
  const request: RequestOf<typeof count> = { item: 'tea' };
  const reply: ReplyOf<typeof count> = { left: 3 };
  // @ts-expect-error the reply is of another type
  const wrong: ReplyOf<typeof count> = { left: '3' };
  assert.deepEqual([count.subject, request.item, reply.left, wrong.left], ['stock.count', 'tea', 3, '3']);
});
