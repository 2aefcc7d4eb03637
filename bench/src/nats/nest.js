// NestJS: a microservice over its NATS transport with a ValidationPipe, asked through a ClientProxy.
import 'reflect-metadata';
import { Controller, Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { IsString, Length } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { decorateClass, decorateMethod, decorateProperty } from '../nest-decorators.js';
import { holder, tokenLength } from './conversation.js';

class Question {}
decorateProperty(Question, 'token', IsString(), Length(tokenLength.minimum, tokenLength.maximum));

async function openService(subject, url) {
  class HolderController {
    holder(_question) {
      return holder();
    }
  }
  decorateMethod(
    HolderController,
    'holder',
    [{ type: Question, decorator: Payload() }],
    MessagePattern(subject),
  );
  decorateClass(HolderController, Controller());
  class ServiceModule {}
  decorateClass(ServiceModule, Module({ controllers: [HolderController] }));

  const options = { transport: Transport.NATS, options: { servers: [url] }, logger: false };
  const app = await NestFactory.createMicroservice(ServiceModule, options);
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.listen();
  return () => app.close();
}

async function openClient(url) {
  class ClientModule {}
  const client = { name: 'TOKENS', transport: Transport.NATS, options: { servers: [url] } };
  decorateClass(ClientModule, Module({ imports: [ClientsModule.register([client])] }));
  const app = await NestFactory.createApplicationContext(ClientModule, { logger: false });
  const proxy = app.get('TOKENS', { strict: false });
  await proxy.connect();
  return proxy;
}

/** Both sides on one subject; `within` may put operators on what the proxy gives. */
export function pairOn(subject, within = (answers) => answers) {
  return {
    respond: (url) => openService(subject, url),
    request: async (url) => {
      const proxy = await openClient(url);
      return (question) => firstValueFrom(within(proxy.send(subject, question)));
    },
  };
}

export const { respond, request } = pairOn('nest.holder');
