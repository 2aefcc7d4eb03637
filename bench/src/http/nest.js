// NestJS on Fastify: a controller, a ValidationPipe over a class for the body, a ParseUUIDPipe for the id.
import 'reflect-metadata';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Module,
  Param,
  ParseUUIDPipe,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IsEmail, IsString, IsUrl, Length } from 'class-validator';
import { decorateClass, decorateMethod, decorateProperty } from '../nest-decorators.js';
import { enveloped, lengths, profileOf, register } from './exchange.js';

const text = ({ minimum, maximum }) => [IsString(), Length(minimum, maximum)];

class Registration {}
decorateProperty(Registration, 'name', ...text(lengths.name));
decorateProperty(Registration, 'email', IsEmail());
decorateProperty(Registration, 'password', ...text(lengths.password));
decorateProperty(Registration, 'profilePicUrl', IsUrl());
decorateProperty(Registration, 'bio', ...text(lengths.bio));

class ProfileController {
  read(id) {
    return enveloped(profileOf(id));
  }

  register(registration) {
    return enveloped(register(registration));
  }
}
decorateMethod(
  ProfileController,
  'read',
  [{ type: String, decorator: Param('id', ParseUUIDPipe) }],
  Get(':id'),
);
decorateMethod(
  ProfileController,
  'register',
  [{ type: Registration, decorator: Body() }],
  Post(),
  HttpCode(200),
);
decorateClass(ProfileController, Controller('profiles'));

class AppModule {}
decorateClass(AppModule, Module({ controllers: [ProfileController] }));

export async function listen(port) {
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
  await app.listen(port, '127.0.0.1');
}
